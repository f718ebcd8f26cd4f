// Holds docs/openapi.yaml and a running server to each other: check.mjs OPENAPI_YAML API_URL ADMIN_TOKEN
import {readFileSync} from 'node:fs';
import Ajv2020 from 'ajv/dist/2020.js';
import {load} from 'js-yaml';
import {Validator} from '@seriousme/openapi-schema-validator';

const [file, url, token] = process.argv.slice(2);
const document = load(readFileSync(file, 'utf8'));
let failures = 0;
function check(good, what) {
    if (!good) ++failures;
    console.log(`${good ? 'ok' : 'FAILED'}: ${what}`);
}

// ---- the file itself
const valid = await new Validator().validate(structuredClone(document));
check(valid.valid, `the file is OpenAPI 3.1 ${valid.valid ? '' : JSON.stringify(valid.errors)}`);

// ---- the routes of the file are those of the server
const operations = {};
for (const [path, item] of Object.entries(document.paths))
    for (const method of ['get', 'put', 'post', 'delete', 'patch'])
        if (item[method]) operations[`${method.toUpperCase()} ${path}`] = item[method];
const served = (await (await fetch(`${url}/v1/routes`)).json()).routes;
const text = (method, path, admin) => `${method} ${path}${admin ? ' (admin)' : ''}`;
const described = Object.entries(operations).map(([name, operation]) =>
    text(...name.split(' '), (operation.security || []).some((one) => 'admin' in one)));
check(JSON.stringify(described.sort()) === JSON.stringify(served.map((r) => text(r.method, r.path, r.admin)).sort()),
      `the ${served.length} routes of the server are the ${described.length} of the file`);

// ---- every answer is as described
const ajv = new Ajv2020({strict: false, allErrors: true});
ajv.addSchema(document, 'openapi');
const seen = {};
async function ask(name, path, {user = 'ann', device = 'node', admin = false, body, raw, expect}) {
    const [method] = name.split(' ');
    const headers = {};
    if (user) Object.assign(headers, {'Hubbub-User': user, 'Hubbub-Device': device});
    if (admin) headers.Authorization = `Bearer ${token}`;
    const reply = await fetch(url + path, {method, headers, body: raw ?? (body && JSON.stringify(body))});
    const json = await reply.json();
    let response = operations[name].responses[reply.status];
    const where = `${method} ${path.slice(0, 60)} ${reply.status}`;
    check(reply.status === expect, `${where}: as expected${reply.status === expect ? '' : `, which was ${expect}: ${JSON.stringify(json)}`}`);
    if (!response) return check(false, `${where}: is in the file`);
    if (response.$ref) response = document.components.responses[response.$ref.split('/').pop()];
    const schema = response.content['application/json'].schema.$ref;
    const fits = ajv.validate({$ref: `openapi${schema}`}, json);
    check(fits && reply.headers.get('content-type') === 'application/json',
          `${where}: the body is a ${schema.split('/').pop()}${fits ? '' : ` ${JSON.stringify(json)} ${ajv.errorsText()}`}`);
    (seen[name] ??= new Set()).add(String(reply.status));
    return json;
}

const LIST = 'GET /v1/conversations', CREATE = 'POST /v1/conversations', ADD = 'POST /v1/conversations/{c}/members';
const READ = 'GET /v1/conversations/{c}/messages', SEND = 'PUT /v1/conversations/{c}/messages/{n}', NEXT = 'GET /v1/conversations/{c}/next';
const COUNTS = 'GET /v1/admin/counts', PUBLISH = 'PUT /v1/admin/conversations/{c}/messages/{n}', BACKUP = 'PUT /v1/admin/backups/{name}', REVOKE = 'POST /v1/admin/revocations';
const absent = 'AAAAAAAAAAAAAAAAAAAAAQ';

await ask('GET /v1/routes', '/v1/routes', {user: null, expect: 200});
const create = {key: 'talk', class: 'group', members: ['ann', 'bob']};
const made = await ask(CREATE, '/v1/conversations', {body: create, expect: 200});
const again = await ask(CREATE, '/v1/conversations', {body: create, expect: 200});
check(made.c === again.c, 'create is idempotent by its key');
await ask(CREATE, '/v1/conversations', {raw: '{"key":', expect: 400});
await ask(CREATE, '/v1/conversations', {body: {key: 'x'}, expect: 400});
await ask(CREATE, '/v1/conversations', {user: null, body: create, expect: 401});
await ask(CREATE, '/v1/conversations', {body: {...create, key: 'many', members: Array.from({length: 1001}, (_, i) => `u${i}`)}, expect: 413});

const at = `/v1/conversations/${made.c}`;
await ask(ADD, `${at}/members`, {body: {members: ['cem']}, expect: 200});
await ask(ADD, `${at}/members`, {body: {members: 'cem'}, expect: 400});
await ask(ADD, `${at}/members`, {user: '', body: {members: ['cem']}, expect: 401});
await ask(ADD, `${at}/members`, {user: 'eve', body: {members: ['eve']}, expect: 403});

check((await ask(NEXT, `${at}/next`, {expect: 200})).n === 1, 'the first number is 1');
const first = await ask(SEND, `${at}/messages/1`, {body: {b: 'Lunch? \u{1F35C}'}, expect: 200});
const retry = await ask(SEND, `${at}/messages/1`, {body: {b: 'Lunch? \u{1F35C}'}, expect: 200});
check(first.q === retry.q, 'a retry with the same number is the same message');
await ask(SEND, `${at}/messages/9`, {body: {b: 'too early'}, expect: 409});
await ask(SEND, `${at}/messages/0`, {body: {b: 'x'}, expect: 400});
await ask(SEND, `${at}/messages/2`, {body: {}, expect: 400});
await ask(SEND, `${at}/messages/2`, {body: {b: 'x'.repeat(16385)}, expect: 413});
await ask(SEND, `${at}/messages/2`, {user: null, body: {b: 'x'}, expect: 401});
await ask(SEND, `${at}/messages/1`, {user: 'eve', body: {b: 'x'}, expect: 403});
await ask(SEND, `/v1/conversations/${absent}/messages/1`, {body: {b: 'x'}, expect: 403});
check((await ask(NEXT, `${at}/next`, {expect: 200})).n === 2, 'the next number is 2');
await ask(NEXT, '/v1/conversations/nothing/next', {expect: 400});
await ask(NEXT, `${at}/next`, {user: null, expect: 401});
await ask(NEXT, `${at}/next`, {user: 'eve', expect: 403});

const page = await ask(READ, `${at}/messages?from=${first.q}&limit=1`, {user: 'bob', expect: 200});
check(page.entries[0].b === 'Lunch? \u{1F35C}' && page.entries[0].u === 'ann' && page.entries[0].d === 'node', 'history shows it');
await ask(READ, `${at}/messages?from=x`, {expect: 400});
await ask(READ, `${at}/messages`, {user: null, expect: 401});
await ask(READ, `${at}/messages`, {user: 'eve', expect: 403});

const list = await ask(LIST, '/v1/conversations', {user: 'bob', expect: 200});
check(list.items.length === 1 && list.items[0].c === made.c && list.items[0].head === first.q && !list.more, 'the list names it with its head');
check((await ask(LIST, `/v1/conversations?after=${made.c}`, {user: 'bob', expect: 200})).items.length === 0, 'and nothing after it');
await ask(LIST, '/v1/conversations?after=x', {expect: 400});
await ask(LIST, '/v1/conversations', {user: null, expect: 401});

check((await ask(COUNTS, '/v1/admin/counts', {admin: true, expect: 200})).conversations === 1, 'one conversation is counted');
await ask(COUNTS, '/v1/admin/counts', {expect: 401});
const published = await ask(PUBLISH, `/v1/admin${at.slice(3)}/messages/1`, {admin: true, body: {user: 'bob', b: 'from the office'}, expect: 200});
check(published.q === first.q + 1, 'a published message takes the next position');
await ask(PUBLISH, `/v1/admin${at.slice(3)}/messages/1`, {admin: true, body: {b: 'x'}, expect: 400});
await ask(PUBLISH, `/v1/admin${at.slice(3)}/messages/1`, {body: {user: 'bob', b: 'x'}, expect: 401});
await ask(PUBLISH, `/v1/admin${at.slice(3)}/messages/1`, {admin: true, body: {user: 'eve', b: 'x'}, expect: 403});
await ask(PUBLISH, `/v1/admin${at.slice(3)}/messages/7`, {admin: true, body: {user: 'bob', b: 'x'}, expect: 409});
await ask(PUBLISH, `/v1/admin${at.slice(3)}/messages/2`, {admin: true, body: {user: 'bob', b: 'x'.repeat(16385)}, expect: 413});
await ask(BACKUP, '/v1/admin/backups/one', {admin: true, expect: 201});
await ask(BACKUP, '/v1/admin/backups/one', {admin: true, expect: 409});
await ask(BACKUP, '/v1/admin/backups/..%2Fup', {admin: true, expect: 400});
await ask(BACKUP, '/v1/admin/backups/two', {expect: 401});

const revocations = '/v1/admin/revocations';
check((await ask(REVOKE, revocations, {admin: true, body: {id: 'a stolen one'}, expect: 200})).revoked === 'a stolen one', 'a revocation says what it revoked');
await ask(REVOKE, revocations, {admin: true, body: {user: 'ann', issued_until: 1790000000}, expect: 200});
for (const body of [{}, {user: 'ann'}, {id: 'a', user: 'ann', issued_until: 1}, {id: ''}, {id: 'x'.repeat(129)}, {user: 'ann', issued_until: 'now'}])
    await ask(REVOKE, revocations, {admin: true, body, expect: 400});
await ask(REVOKE, revocations, {body: {id: 'x'}, expect: 401});

// ---- nothing of the file was left out; overload, drain and failing disks are for other tests
const elsewhere = new Set(['503', '504']);
for (const [name, operation] of Object.entries(operations)) {
    const missing = Object.keys(operation.responses).filter((status) => !elsewhere.has(status) && !(seen[name] || new Set()).has(status));
    check(missing.length === 0, `${name}: every status was seen${missing.length ? `, but not ${missing}` : ''}`);
}
const nowhere = await fetch(`${url}/v1/nothing`);
check(nowhere.status === 404 && (await nowhere.json()).code === 'bad_message', 'no such path: 404 with an error of the protocol');
const wrong = await fetch(`${url}/v1/conversations`, {method: 'DELETE'});
check(wrong.status === 405 && wrong.headers.get('allow') === 'GET, POST', `no such method: 405, allowed are ${wrong.headers.get('allow')}`);
process.exit(failures ? 1 : 0);

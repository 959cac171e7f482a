import { randomUUID } from "node:crypto";
import { appendFileSync } from "node:fs";

/**
 * How a step talks to the runner: commands on standard output and files named by variables. The bytes are those of
 * `@actions/core`, which the test compares; it is not used itself because it loads an HTTP client for OIDC first, which
 * costs every action 100 ms and the bundle 1 MB.
 */
export class WorkflowCommands {
  private readonly env: NodeJS.ProcessEnv;
  private readonly write: (text: string) => void;

  constructor(env: NodeJS.ProcessEnv, write: (text: string) => void = (text) => void process.stdout.write(text)) {
    this.env = env;
    this.write = write;
  }

  /** One line of the log. Text that reads like a command, say from a service's own log, stays text. */
  line(text: string): void {
    this.write(`${text.replaceAll(/^(\s*):(?=:)/gm, "$1: ").replaceAll("##[", "# #[")}\n`);
  }

  debug = (text: string): void => this.command("debug", text);
  notice = (text: string, title?: string): void => this.command("notice", text, title);
  warning = (text: string, title?: string): void => this.command("warning", text, title);
  error = (text: string, title?: string): void => this.command("error", text, title);

  /** Hides a secret, and every line of one that has several, in all that the job logs from now on. */
  mask(secret: string): void {
    for (const line of secret.split(/[\r\n]+/)) if (line.trim()) this.command("add-mask", line);
  }

  /** Sets an output of the step; outside a workflow it is shown. */
  output(name: string, value: string): void {
    if (!this.env.GITHUB_OUTPUT) {
      this.line(`${name}=${value}`);
      return;
    }
    // A delimiter that nobody can guess: a value cannot end itself and begin another output.
    const delimiter = `ghadelimiter_${randomUUID()}`;
    appendFileSync(this.env.GITHUB_OUTPUT, `${name}<<${delimiter}\n${value}\n${delimiter}\n`);
  }

  /** Adds to the job summary; GitHub refuses more than 1 MiB a step, so the rest is left out and that is said. */
  summary(markdown: string): void {
    if (!this.env.GITHUB_STEP_SUMMARY) return;
    const bytes = Buffer.from(`${markdown}\n`);
    const whole = bytes.byteLength <= SUMMARY_LIMIT;
    const cut = bytes.subarray(0, SUMMARY_LIMIT - CUT_NOTE.length);
    appendFileSync(this.env.GITHUB_STEP_SUMMARY, whole ? bytes : Buffer.concat([cut, Buffer.from(CUT_NOTE)]));
  }

  private command(name: string, text: string, title?: string): void {
    const properties = title ? ` title=${escaped(title).replaceAll(":", "%3A").replaceAll(",", "%2C")}` : "";
    this.write(`::${name}${properties}::${escaped(text)}\n`);
  }
}

const SUMMARY_LIMIT = 1024 * 1024;
const CUT_NOTE = "\n\n(The rest is left out: a step's summary is limited to 1 MiB.)\n";

const escaped = (text: string): string => text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");

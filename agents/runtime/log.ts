/** One JSON object per line on stdout, as CloudWatch Logs Insights reads it. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}
export type LogFields = Readonly<Record<string, unknown>>;

const LEVELS = ["debug", "info", "warn", "error"] as const;
type Level = (typeof LEVELS)[number];

export interface LogOptions {
  readonly level: Level;
  /** Fields of every line. */
  readonly base: LogFields;
  /** Values replaced by `[hidden]` wherever they appear in a line. */
  readonly secrets: readonly string[];
  readonly now: () => Date;
  readonly write: (line: string) => void;
}

export function createLog({ level, base, secrets, now, write }: LogOptions): Log {
  // A secret is searched as it appears inside JSON text; very short ones would blot out unrelated words.
  const hidden = secrets.filter((secret) => secret.length >= 6).map((secret) => JSON.stringify(secret).slice(1, -1));
  const line =
    (of: Level) =>
    (message: string, fields: LogFields = {}) => {
      if (LEVELS.indexOf(of) < LEVELS.indexOf(level)) return;
      const text = JSON.stringify({ time: now().toISOString(), level: of, message, ...base, ...fields });
      write(`${hidden.reduce((shown, secret) => shown.replaceAll(secret, "[hidden]"), text)}\n`);
    };
  return { debug: line("debug"), info: line("info"), warn: line("warn"), error: line("error") };
}

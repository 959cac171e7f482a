/**
 * Hides secrets in text that leaves a job. A secret also hides the forms in which tools print it: each of its
 * lines, JSON- and URL-encoded, and Base64 at any of the three alignments.
 */
export class Masker {
  readonly #secrets = new Set<string>();
  #pattern: RegExp | undefined;

  add(secret: string): void {
    for (const line of [secret, ...secret.split(/\r?\n/)]) {
      const value = line.trim();
      if (!value) continue;
      for (const form of formsOf(value)) this.#secrets.add(form);
    }
    this.#pattern = undefined;
  }

  mask(text: string): string {
    if (this.#secrets.size === 0) return text;
    this.#pattern ??= alternatives(this.#secrets);
    return maskOverlapping(text, this.#pattern);
  }

  /** Whether `text` holds a secret in any known form. */
  hides(text: string): boolean {
    return this.mask(text) !== text;
  }

  /** Masks every string inside a JSON-like value. */
  maskAll<T>(value: T): T {
    if (typeof value === "string") return this.mask(value) as T;
    if (Array.isArray(value)) return value.map((item) => this.maskAll(item)) as T;
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.maskAll(item)])) as T;
  }
}

const escaped = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");

/** A lookahead finds matches at every position, so that overlapping secrets cannot uncover each other's rest. */
function alternatives(secrets: ReadonlySet<string>): RegExp {
  const longestFirst = [...secrets].sort((a, b) => b.length - a.length);
  return new RegExp(`(?=(${longestFirst.map(escaped).join("|")}))`, "g");
}

function maskOverlapping(text: string, pattern: RegExp): string {
  let result = "";
  let shownUpTo = 0;
  let hiddenUpTo = -1;
  for (const match of text.matchAll(pattern)) {
    const end = match.index + (match[1] ?? "").length;
    if (match.index > hiddenUpTo) {
      result += `${text.slice(shownUpTo, match.index)}***`;
    }
    hiddenUpTo = Math.max(hiddenUpTo, end);
    shownUpTo = hiddenUpTo;
  }
  return result + text.slice(shownUpTo);
}

function formsOf(value: string): string[] {
  const forms = [value, JSON.stringify(value).slice(1, -1), encodeURIComponentSafely(value)];
  for (let shift = 0; shift < 3; shift++) forms.push(base64Core(value, shift));
  return forms.filter((form, index) => form.length > (index === 0 ? 0 : 2));
}

/** The part of a Base64 text that `value` alone decides when `shift` unknown bytes stand before it. */
function base64Core(value: string, shift: number): string {
  const bytes = Buffer.concat([Buffer.alloc(shift), Buffer.from(value)]);
  const first = shift === 0 ? 0 : 4 - (3 - shift);
  const whole = Math.floor((bytes.length * 8) / 6);
  const core = bytes.toString("base64").slice(first, whole);
  // A short core would hide ordinary words; the secret itself is hidden anyway.
  return core.length >= 8 ? core : "";
}

/** A lone surrogate has no URL encoding. */
function encodeURIComponentSafely(value: string): string {
  try {
    return encodeURIComponent(value);
  } catch {
    return "";
  }
}

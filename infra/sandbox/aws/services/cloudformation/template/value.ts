/** A template value after evaluation. `Unknown` stands for what only exists once a resource has been created. */
export class Unknown {
  /** What it waits for: `LogicalId` for a Ref, `LogicalId.Attribute` for a GetAtt. */
  readonly causes: readonly string[];
  constructor(causes: readonly string[]) {
    this.causes = causes;
  }
  /** As AWS writes it in a change set. */
  toJSON(): string {
    return "{{changeSet:KNOWN_AFTER_APPLY}}";
  }
}

export type Value = string | number | boolean | null | Unknown | Value[] | { [key: string]: Value };
export type ValueObject = { [key: string]: Value };

export const isValueObject = (value: Value | undefined): value is ValueObject =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Unknown);

/** Everything unknown inside a value. */
export function unknownsIn(value: Value): readonly string[] {
  if (value instanceof Unknown) return value.causes;
  if (Array.isArray(value)) return value.flatMap(unknownsIn);
  return isValueObject(value) ? Object.values(value).flatMap(unknownsIn) : [];
}

/** Deep equality; an unknown equals nothing, not even itself, because its next value may differ. */
export function sameValue(left: Value | undefined, right: Value | undefined): boolean {
  if (left instanceof Unknown || right instanceof Unknown) return false;
  if (Array.isArray(left) && Array.isArray(right))
    return left.length === right.length && left.every((item, index) => sameValue(item, right[index]));
  if (isValueObject(left) && isValueObject(right)) {
    const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
    return [...keys].every((key) => sameValue(left[key], right[key]));
  }
  return left === right;
}

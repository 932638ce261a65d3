import type { FieldValues } from './import-kind.js';

/** Takes typed field values into a draft and keeps the way back, so that a rule's path leads to the column that a person can mend. */
export class DraftBuilder {
  readonly fieldOfPath = new Map<string, string>();

  constructor(private readonly values: FieldValues) {}

  /** The value of a field as it is known to be read, or null; its place in the draft is the field's name unless told. */
  take<T>(field: string, path: string = field): T | null {
    this.fieldOfPath.set(path, field);
    return (this.values[field] ?? null) as T | null;
  }
}

/** The field that a rule's path came from: the path itself, or the nearest member around it that is known. */
export function fieldOf(path: string | undefined, fieldOfPath: ReadonlyMap<string, string>): string | null {
  for (let at = (path ?? '').replace(/^terms\./, ''); at !== ''; at = at.replace(/(\.|\[)[^.[]*$/, '')) {
    const field = fieldOfPath.get(at);
    if (field !== undefined) return field;
    if (!/[.[]/.test(at)) return null;
  }
  return null;
}

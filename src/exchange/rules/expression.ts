/** A cell's value, or what an expression made of cells. */
export type Value = string | number | boolean | null;

/** How one value is made from a row's cells. Small on purpose: it can choose, cut, scale and add, and never run. */
export type Expression =
  | { readonly constant: Value }
  | ColumnExpression
  | { readonly first: readonly Expression[] }
  | { readonly join: readonly Expression[]; readonly with: string }
  | { readonly sum: readonly Expression[]; readonly minus: readonly Expression[] };

export interface ColumnExpression {
  readonly column: string;
  /** Texts that mean 'nothing is known', such as '-' or 'N/A'. */
  readonly empty: readonly string[];
  /** One part of the text, counted from 0. */
  readonly part: { readonly by: string; readonly index: number } | null;
  /** What a value is written as here; `otherwise` for any that is not listed, where given. */
  readonly values: Readonly<Record<string, Value>> | null;
  readonly otherwise?: Value;
  /** A factor for numbers, such as 0.01 for rappen. */
  readonly scale: number | null;
}

export type Cells = Readonly<Record<string, Value>>;

/** The value of an expression in a row; null where the cells it needs are empty. */
export function evaluate(expression: Expression, cells: Cells): Value {
  if ('constant' in expression) return expression.constant;
  if ('column' in expression) return evaluateColumn(expression, cells);
  if ('first' in expression) return firstOf(expression.first, cells);
  if ('join' in expression) return joined(expression.join.map(each => evaluate(each, cells)), expression.with);
  return difference(expression.sum.map(each => evaluate(each, cells)), expression.minus.map(each => evaluate(each, cells)));
}

/** The columns that an expression reads, in its order: a problem of the field is shown at the first. */
export function columnsOf(expression: Expression): readonly string[] {
  if ('constant' in expression) return [];
  if ('column' in expression) return [expression.column];
  if ('first' in expression) return expression.first.flatMap(columnsOf);
  if ('join' in expression) return expression.join.flatMap(columnsOf);
  return [...expression.sum, ...expression.minus].flatMap(columnsOf);
}

function evaluateColumn({ column, empty, part, values, otherwise, scale }: ColumnExpression, cells: Cells): Value {
  const cell = cells[column] ?? null;
  const isEmpty = cell === null || empty.includes(String(cell));
  const known = isEmpty ? null : partOf(cell, part);
  if (values !== null) return translated(known, values, otherwise);
  if (known === null) return otherwise ?? null;
  return scale === null ? known : scaled(known, scale);
}

function partOf(cell: NonNullable<Value>, part: ColumnExpression['part']): Value {
  if (part === null) return cell;
  const found = String(cell).split(part.by)[part.index]?.trim();
  return found === undefined || found === '' ? null : found;
}

/** An empty cell is looked up as ''; a value that is not listed stays as it is, so that the field's own check names it. */
function translated(cell: Value, values: Readonly<Record<string, Value>>, otherwise: Value | undefined): Value {
  const key = cell === null ? '' : String(cell);
  if (Object.hasOwn(values, key)) return values[key]!;
  return otherwise === undefined ? cell : otherwise;
}

function scaled(cell: NonNullable<Value>, scale: number): Value {
  const number = asNumber(cell);
  // A text that is no number passes on, so that the field's own check names it. Rounded to shed the factor's binary tail.
  return number === null ? cell : Number((number * scale).toPrecision(15));
}

function firstOf(expressions: readonly Expression[], cells: Cells): Value {
  for (const expression of expressions) {
    const value = evaluate(expression, cells);
    if (value !== null) return value;
  }
  return null;
}

function joined(values: readonly Value[], mark: string): Value {
  const known = values.filter(value => value !== null);
  return known.length === 0 ? null : known.join(mark);
}

/** Null where nothing to add is known; an unknown subtrahend counts as none. A text that is no number passes on to be named. */
function difference(added: readonly Value[], subtracted: readonly Value[]): Value {
  const known = added.filter(value => value !== null);
  if (known.length === 0) return null;
  const all = [...known, ...subtracted.filter(value => value !== null)];
  const odd = all.find(value => asNumber(value) === null);
  if (odd !== undefined) return odd;
  const total = (values: readonly Value[]): number => values.reduce<number>((sum, value) => sum + (value === null ? 0 : asNumber(value)!), 0);
  return total(known) - total(subtracted);
}

/** A number, or a text that writes exactly one in decimal; null for anything else ('', '12 spaces', '0x1F', '1e9'). */
export function asNumber(value: Value): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'string' || !/^[+-]?\d+(\.\d+)?$/.test(value.trim())) return null;
  return Number(value);
}

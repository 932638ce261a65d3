/** A column of JSON texts: quoted as JSON quotes, which an array's text takes for the same. */
export function jsonColumnOf(values: readonly unknown[]): string {
  let text = '{';
  for (let i = 0; i < values.length; i++) text += `${i === 0 ? '' : ','}${values[i] === null ? 'NULL' : JSON.stringify(JSON.stringify(values[i]))}`;
  return `${text}}`;
}

/**
 * One column of a statement over many rows, as the text of an array: the driver's own way quotes each value. Only for
 * values that need no quotes: ids that were looked up, numbers, and the words of our enumerations.
 */
export function columnOf(values: ReadonlyArray<string | number | null>): string {
  let text = '{';
  for (let i = 0; i < values.length; i++) text += `${i === 0 ? '' : ','}${values[i] ?? 'NULL'}`;
  return `${text}}`;
}

import { registerEnumType } from 'type-graphql';

/** Makes a GraphQL enum of a table of words, so that its values, their type and their descriptions are written once. */
export function enumOf<Value extends string>(name: string, words: Readonly<Record<Value, string>>, description: string): { readonly [V in Value]: V } {
  const entries = Object.entries<string>(words);
  const values = Object.fromEntries(entries.map(([value]) => [value, value])) as { readonly [V in Value]: V };
  registerEnumType(values, { name, description, valuesConfig: Object.fromEntries(entries.map(([value, text]) => [value, { description: text }])) as never });
  return values;
}

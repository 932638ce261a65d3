import { BREAK, visit, type DocumentNode } from 'graphql';
import { badInput, type Fault } from '../../platform/graphql/index.js';

/** Deeper values are no input of this schema; a bound keeps the walk over them from being an attack. */
const DEEPEST = 40;

/** PostgreSQL's text holds neither U+0000 nor half a surrogate pair: said here once, in words, and not by a statement that fails. */
export function nulFault(field?: string): Fault {
  return badInput({ zh: '文本不得含空字符 U+0000 或不成对的代理字符', en: 'text must hold neither the character U+0000 nor half a surrogate pair' }, field);
}

/** The fault of variables that no statement could take, or null. */
export function faultOfVariables(variables: Readonly<Record<string, unknown>>): Fault | null {
  const open: Array<{ readonly value: unknown; readonly name: string; readonly depth: number }> = Object.entries(variables).map(([name, value]) => ({ name, value, depth: 0 }));
  for (let next = open.pop(); next; next = open.pop()) {
    const { value, name, depth } = next;
    if (typeof value === 'string' && !isStorable(value)) return nulFault(name);
    if (typeof value !== 'object' || value === null) continue;
    if (depth >= DEEPEST) return badInput({ zh: `变量 ${name} 嵌套超过 ${DEEPEST} 层`, en: `the variable ${name} is nested deeper than ${DEEPEST}` }, name);
    for (const inner of Object.values(value)) open.push({ value: inner, name, depth: depth + 1 });
  }
  return null;
}

/** Whether a text written in the document itself holds U+0000. */
export function holdsNulLiteral(document: DocumentNode): boolean {
  let found = false;
  visit(document, {
    StringValue(node) {
      if (isStorable(node.value)) return undefined;
      found = true;
      return BREAK;
    },
  });
  return found;
}

function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

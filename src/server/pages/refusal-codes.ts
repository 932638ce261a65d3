import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFile } from '../project-file.js';

/** A code of a refusal with the words that go with it, `…` standing for what differs from case to case. */
export interface RefusalCode {
  readonly code: string;
  readonly zh: string;
  readonly en: string;
}

/**
 * Every code that a rule refuses with, as the rules write it: `problem(code, { zh, en })`, or the rule of a text with a
 * code of its own. Read where it is written, because a list kept beside the rules would lag behind them.
 */
export function refusalCodes(): readonly RefusalCode[] {
  const found = new Map<string, RefusalCode>();
  const folder = projectFile('src');
  for (const path of globSync('**/*.ts', { cwd: folder }).sort()) {
    for (const refusal of codesOf(readFileSync(join(folder, path), 'utf8'))) {
      const known = found.get(refusal.code);
      if (known === undefined || known.zh === '') found.set(refusal.code, refusal);
    }
  }
  return [...found.values()].sort((a, b) => (a.code < b.code ? -1 : 1));
}

const PROBLEM = /(?:\bproblem|\.#reason)\(\s*'([A-Z][A-Z0-9_]+)', \{/g;
/** A value of an imported row: what is wrong with it, after the value itself. */
const VALUE = /\bwrong\('([A-Z][A-Z0-9_]+)', \w+, '([^']+)', ["']([^"'\n]+)["']\)/g;
const RULE = /\bcode(?:: | = )'([A-Z][A-Z0-9]*_[A-Z0-9_]+)'/g;

/** The codes in one source text, each with the words of its own call; a code alone where its words are made elsewhere. */
export function codesOf(source: string): readonly RefusalCode[] {
  const problems = [...source.matchAll(PROBLEM)].map(match => {
    const call = restOfCall(source, match.index + match[0].length - 1);
    return { code: match[1]!, zh: wordsAfter(call, 'zh'), en: wordsAfter(call, 'en') };
  });
  const values = [...source.matchAll(VALUE)].map(([, code, zh, en]) => ({ code: code!, zh: `“…”${zh}`, en: `'…' ${en}` }));
  const rules = [...source.matchAll(RULE)].flatMap(match => {
    const line = source.slice(source.lastIndexOf('\n', match.index) + 1, source.indexOf('\n', match.index));
    // Other codes stand in such places too, as a payment provider's; they have no words in two languages and no clause.
    if (!/\bzh\b|\bclause: /.test(line)) return [];
    const [zh, en] = [wordsAfter(line, 'zh'), wordsAfter(line, 'en')];
    const isWhole = line.includes('scope.say(');
    return [{ code: match[1]!, zh: isWhole || zh === '' ? zh : `${zh}不合要求`, en: isWhole || en === '' ? en : `${en}: not as required` }];
  });
  return [...problems, ...values, ...rules];
}

/** From within a call to its closing bracket. */
function restOfCall(source: string, from: number): string {
  let depth = 1;
  for (let at = from; at < source.length; at += 1) {
    const character = source[at]!;
    if (character === "'" || character === '`') at = endOfText(source, at);
    else if (character === '(') depth += 1;
    else if (character === ')' && (depth -= 1) === 0) return source.slice(from, at);
  }
  return source.slice(from);
}

/** The literal after `name:` with its values left out; empty where the words are made elsewhere. */
function wordsAfter(call: string, name: string): string {
  const start = new RegExp(`[{,]\\s*${name}: (?=['\`])`).exec(call);
  if (start === null) return '';
  const from = start.index + start[0].length;
  return withoutValues(call.slice(from + 1, endOfText(call, from)));
}

function withoutValues(text: string): string {
  let shown = '';
  for (let at = 0; at < text.length; at += 1) {
    if (text.startsWith('${', at)) {
      at = endOfValue(text, at + 2);
      shown += '…';
    } else if (text[at] === '\\') shown += text[(at += 1)] ?? '';
    else shown += text[at];
  }
  return shown;
}

/** Where the text that begins at `from` with its mark ends. */
function endOfText(source: string, from: number): number {
  const mark = source[from]!;
  for (let at = from + 1; at < source.length; at += 1) {
    if (source[at] === '\\') at += 1;
    else if (source[at] === mark) return at;
    else if (mark === '`' && source.startsWith('${', at)) at = endOfValue(source, at + 2);
  }
  return source.length;
}

/** Where the value that was opened by `${` ends. */
function endOfValue(source: string, from: number): number {
  let depth = 1;
  for (let at = from; at < source.length; at += 1) {
    const character = source[at]!;
    if (character === "'" || character === '`') at = endOfText(source, at);
    else if (character === '{') depth += 1;
    else if (character === '}' && (depth -= 1) === 0) return at;
  }
  return source.length;
}

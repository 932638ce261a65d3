import { Kind, type DocumentNode, type FragmentDefinitionNode, type OperationDefinitionNode, type SelectionSetNode } from 'graphql';
import { Fault } from '../../platform/graphql/index.js';
import { LIMITS } from '../limits.js';

/** A limit that a document is over, in words with the number, the bound and where it was met. */
export function tooCostly(limit: string, words: { readonly zh: string; readonly en: string; readonly requested: number; readonly bound: number; readonly field?: string }): Fault {
  const { requested, bound, field } = words;
  const at = field === undefined ? { zh: '', en: '' } : { zh: `（${field}）`, en: ` (at ${field})` };
  return new Fault(
    'TOO_COSTLY',
    { zh: `${words.zh}${at.zh}为 ${requested}，上限 ${bound}`, en: `${words.en}${at.en}: ${requested}, at most ${bound}` },
    { limit, requested, bound, ...(field === undefined ? {} : { field }) },
  );
}

interface Shape {
  depth: number;
  deepest: string;
  aliases: number;
  spreads: number;
  directives: number;
}

/**
 * Refuses a document by its shape alone, before validation, whose own time such a document could spend (G22). Each
 * fragment is measured once, however often it is spread, so the check is linear in the text.
 */
export function checkDocumentLimits(document: DocumentNode): readonly Fault[] {
  const operations = document.definitions.filter((d): d is OperationDefinitionNode => d.kind === Kind.OPERATION_DEFINITION);
  if (operations.length > LIMITS.operations.value) {
    return [tooCostly('operations', { zh: '操作数', en: 'operations', requested: operations.length, bound: LIMITS.operations.value })];
  }
  const fragments = new Map(document.definitions.filter((d): d is FragmentDefinitionNode => d.kind === Kind.FRAGMENT_DEFINITION).map(f => [f.name.value, f]));
  const totals = { aliases: 0, directives: 0, spreads: 0 };
  const shapes = new Map<string, Shape>();
  for (const fragment of fragments.values()) add(totals, measure(fragment, fragments, shapes, new Set()));

  const faults: Fault[] = [];
  for (const operation of operations) {
    const shape = measure(operation, fragments, shapes, new Set());
    add(totals, shape);
    const bound = isIntrospection(operation) ? LIMITS.introspectionDepth.value : LIMITS.depth.value;
    if (shape.depth > bound) faults.push(tooCostly('depth', { zh: '嵌套深度', en: 'depth', requested: shape.depth, bound, field: shape.deepest }));
  }
  const bounds = [
    ['aliases', '别名与重复字段数', 'aliases and repeated fields', totals.aliases, LIMITS.aliases.value],
    ['directives', '指令数', 'directives', totals.directives, LIMITS.directives.value],
    ['fragmentSpreads', '片段展开数', 'fragment spreads', totals.spreads, LIMITS.fragmentSpreads.value],
  ] as const;
  for (const [limit, zh, en, requested, bound] of bounds) if (requested > bound) faults.push(tooCostly(limit, { zh, en, requested, bound }));
  return faults;
}

function add(totals: { aliases: number; directives: number; spreads: number }, shape: Shape): void {
  totals.aliases += shape.aliases;
  totals.directives += shape.directives;
  totals.spreads += shape.spreads;
}

function isIntrospection(operation: OperationDefinitionNode): boolean {
  return operation.selectionSet.selections.every(s => s.kind === Kind.FIELD && s.name.value.startsWith('__'));
}

/** Counts what a definition itself holds; only the depth goes into the fragments that it spreads. */
function measure(definition: OperationDefinitionNode | FragmentDefinitionNode, fragments: ReadonlyMap<string, FragmentDefinitionNode>, shapes: Map<string, Shape>, open: Set<string>): Shape {
  const key = definition.kind === Kind.FRAGMENT_DEFINITION ? definition.name.value : null;
  const known = key === null ? undefined : shapes.get(key);
  if (known) return known;
  const shape: Shape = { depth: 0, deepest: '', aliases: 0, spreads: 0, directives: definition.directives?.length ?? 0 };
  // A cycle is refused by validation; here it only must not loop.
  if (key !== null) open.add(key);
  walk(definition.selectionSet, 1);
  if (key !== null) {
    open.delete(key);
    shapes.set(key, shape);
  }
  return shape;

  function reach(depth: number, field: string): void {
    if (depth <= shape.depth) return;
    shape.depth = depth;
    shape.deepest = field;
  }

  function walk(set: SelectionSetNode, depth: number): void {
    const seen = new Set<string>();
    for (const selection of set.selections) {
      shape.directives += selection.directives?.length ?? 0;
      if (selection.kind === Kind.FIELD) {
        const name = selection.alias?.value ?? selection.name.value;
        if (selection.alias || seen.has(name)) shape.aliases += 1;
        seen.add(name);
        reach(depth, name);
        if (selection.selectionSet) walk(selection.selectionSet, depth + 1);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        walk(selection.selectionSet, depth);
      } else {
        shape.spreads += 1;
        const fragment = fragments.get(selection.name.value);
        if (!fragment || open.has(selection.name.value)) continue;
        const inner = measure(fragment, fragments, shapes, open);
        reach(depth - 1 + inner.depth, inner.deepest);
      }
    }
  }
}

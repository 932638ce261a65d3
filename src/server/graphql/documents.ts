import { createHash } from 'node:crypto';
import { getOperationAST, GraphQLError, parse, validate, type DocumentNode, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { RequestScope } from '../../platform/index.js';
import { badInput, type Fault } from '../../platform/graphql/index.js';
import { LIMITS } from '../limits.js';
import { compileCoercion, type Coercion } from './coercion.js';
import { costOf, type Estimate } from './document-cost.js';
import { checkDocumentLimits, tooCostly } from './document-limits.js';
import { requestFault } from './mask.js';
import { holdsNulLiteral, nulFault } from './storable-text.js';

/** An operation that answers the JSON text of `data` by itself; null leaves it to the ordinary resolvers. */
export type CompiledOperation = (
  scope: RequestScope,
  variables: Readonly<Record<string, unknown>>,
  /** The coerced arguments of each root field, by response name. */
  rootArguments: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
) => Promise<string | null>;

/** Asked once for each document in the cache; null: not an operation that this compiler knows. */
export type OperationCompiler = (document: DocumentNode, operation: OperationDefinitionNode, schema: GraphQLSchema) => CompiledOperation | null;

/** One operation, ready to run: parsed, within the limits, valid. */
export interface Prepared {
  readonly hash: string;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  estimate(variables: Readonly<Record<string, unknown>>): Estimate;
  readonly compiled: CompiledOperation | null;
  /** The input of a compiled operation. */
  readonly coerce: Coercion | null;
}

/** What is wrong with a document, with where. */
export interface Unfit {
  readonly faults: ReadonlyArray<{ readonly fault: Fault; readonly locations?: GraphQLError['locations'] }>;
}

const CACHED = 2_000;
/** Longer texts are not kept: a few could fill the cache's memory. */
const CACHED_LENGTH = 20_000;
const MOST_ERRORS = 20;

/** Prepares documents for both transports, each distinct text once (F7: the socket must not bypass what HTTP checks). */
export class Documents {
  readonly #prepared = new LRUCache<string, Prepared | Unfit>({ max: CACHED });
  readonly #byHash = new LRUCache<string, DocumentNode>({ max: CACHED });

  constructor(
    readonly schema: GraphQLSchema,
    private readonly compilers: readonly OperationCompiler[],
  ) {}

  prepare(text: string, operationName: string | null): Prepared | Unfit {
    const key = `${operationName ?? ''}\0${text}`;
    let prepared = this.#prepared.get(key);
    if (!prepared) {
      prepared = this.#make(text, operationName);
      if (text.length <= CACHED_LENGTH) this.#prepared.set(key, prepared);
    }
    // What answers by itself never goes through the library.
    if (!isUnfit(prepared) && !prepared.compiled) this.#byHash.set(prepared.hash, prepared.document);
    return prepared;
  }

  /** A document that was prepared just now, for the HTTP library, which knows documents by their hash. */
  documentOf(hash: string): DocumentNode | undefined {
    return this.#byHash.get(hash);
  }

  #make(text: string, operationName: string | null): Prepared | Unfit {
    const document = parsed(text);
    if (isUnfit(document)) return document;
    if (holdsNulLiteral(document)) return { faults: [{ fault: nulFault() }] };
    const over = checkDocumentLimits(document);
    if (over.length > 0) return { faults: over.map(fault => ({ fault })) };
    const errors = validate(this.schema, document, undefined, { maxErrors: MOST_ERRORS });
    if (errors.length > 0) return { faults: errors.map(error => ({ fault: requestFault(error), locations: error.locations })) };
    const operation = getOperationAST(document, operationName);
    if (!operation) return { faults: [{ fault: noOperation(operationName) }] };
    const compiled = firstOf(this.compilers, document, operation, this.schema);
    return {
      hash: createHash('sha256').update(text).digest('hex'),
      document,
      operation,
      estimate: costOf(this.schema, document, operation),
      compiled,
      coerce: compiled && compileCoercion(this.schema, operation),
    };
  }
}

export function isUnfit(value: Prepared | Unfit | DocumentNode): value is Unfit {
  return 'faults' in value;
}

function parsed(text: string): DocumentNode | Unfit {
  try {
    return parse(text, { maxTokens: LIMITS.tokens.value });
  } catch (error) {
    const syntax = error as GraphQLError;
    if (/more tha[nt] \d+ tokens/.test(syntax.message)) {
      return { faults: [{ fault: tooCostly('tokens', { zh: '词法单元数', en: 'tokens', requested: LIMITS.tokens.value + 1, bound: LIMITS.tokens.value }) }] };
    }
    return { faults: [{ fault: requestFault(syntax), locations: syntax.locations }] };
  }
}

function noOperation(name: string | null): Fault {
  if (name === null) return badInput({ zh: '文本含多个操作，须给出 operationName', en: 'the document has several operations: give operationName' });
  return badInput({ zh: `文本中没有名为 ${name.slice(0, 80)} 的操作`, en: `the document has no operation named '${name.slice(0, 80)}'` });
}

function firstOf(compilers: readonly OperationCompiler[], ...asked: Parameters<OperationCompiler>): CompiledOperation | null {
  for (const compile of compilers) {
    const compiled = compile(...asked);
    if (compiled) return compiled;
  }
  return null;
}

// type-graphql reads the types that the compiler notes; whoever declares a type comes through this door first.
import 'reflect-metadata';

/** The platform's second door: the plumbing of the schema that every room's types and resolvers use. */
export { Fault, FAULT_CODES, badInput, conflict, forbidden, notFound, unauthenticated, unavailable } from './faults.js';
export type { Bilingual, FaultCode, Thing } from './faults.js';
export { FenScalar, InstantScalar, JsonScalar, LocalDateScalar, LocalTimeScalar, SafeIntScalar, formatInstant } from './scalars.js';
export { enumOf } from './enum-of.js';
export { ensureSeenTexts } from './seen-texts.js';
export { RuleRefusal, UserError, userErrorOf, userErrorsOf } from './user-error.js';
export { PAGE_MAXIMUM, PageArgs, PageInfo, connectionTypes, decodeCursor, encodeCursor, pageOf, pageSize } from './connections.js';
export type { Connection, Edge, KeysetKey } from './connections.js';
export { Node } from './node.js';
export type { NodeKind } from './node.js';
export { NotCompilable, compileWriter } from './json-writer.js';
export type { FieldReader, JsonWriter, PrintedType, TextMemo, WriterOptions, WriterRun } from './json-writer.js';

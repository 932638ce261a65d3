import { defineMigration } from '../src/platform/migration.js';

// A person who has looked at what a gate found closes it: who that was, and why.
export const findingsClosed = defineMigration(
  '20261122001006-findings-closed',
  ['alter table gate_finding add column reason text, add column resolved_by text'],
  ['alter table gate_finding drop column reason, drop column resolved_by'],
);

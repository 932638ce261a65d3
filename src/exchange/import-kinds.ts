import { facilityImport } from './import-facilities.js';
import { jurisdictionImport } from './import-jurisdictions.js';
import { walkNetworkImport } from './import-walk-network.js';
import { windowImport } from './import-windows.js';
import type { FieldSpec, ImportKind, ImportKindName } from './import-kind.js';

const KINDS: Readonly<Record<ImportKindName, ImportKind<never>>> = {
  jurisdictions: jurisdictionImport as unknown as ImportKind<never>,
  facilities: facilityImport as unknown as ImportKind<never>,
  windows: windowImport as unknown as ImportKind<never>,
  'walk-network': walkNetworkImport as unknown as ImportKind<never>,
};

/** The kind of that name; its drafts are its own business, so nobody else need know their type. */
export function importKind(name: ImportKindName): ImportKind<never> {
  return KINDS[name];
}

export function fieldsOf(name: ImportKindName): readonly FieldSpec[] {
  return importKind(name).fields;
}

import { done, isRefusal, problem, refuse, type Outcome } from '../kernel/index.js';
import { transaction, type RequestScope } from '../platform/index.js';
import { ensureMay } from '../identity/index.js';
import { fieldsOf } from './import-kinds.js';
import { putMapping } from './import-mapping.sql.js';
import { readMapping } from './mapping.js';

const NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** Keeps a checked mapping under a name, so that a feed's uploads need not carry it (2.3-1). A name belongs to whom it was first given. */
export async function storeMapping(scope: RequestScope, { name, content }: { readonly name: string; readonly content: string }): Promise<Outcome<{ readonly name: string }>> {
  ensureMay(scope.viewer, 'import:run');
  if (!NAME.test(name)) return refuse(problem('MAPPING_NAME', { zh: `映射名“${name}”须为小写字母、数字与连字符，最多 63 字`, en: `the name '${name}' must be of a-z, 0-9 and -, 63 at most`, field: 'name' }));
  const mapping = readMapping(content, fieldsOf);
  if (isRefusal(mapping)) return mapping;
  const { kind, hash } = mapping.value;
  return transaction(scope, async unit => {
    const isStored = await putMapping(unit, { name, kind, content, sha256: hash, actorId: scope.viewer.actorId, now: unit.now });
    if (!isStored) return refuse(problem('MAPPING_NAME_TAKEN', { zh: `映射名“${name}”已属他人，请换一个`, en: `the name '${name}' is another's: take a different one`, field: 'name' }));
    unit.record({ action: 'import:run', objectType: 'importMapping', objectId: name, details: { act: 'store-mapping', sha256: hash } });
    return done({ name });
  });
}

import type { RequestScope } from '../platform/index.js';
import { badInput, decodeCursor, pageOf, pageSize, type Connection } from '../platform/graphql/index.js';
import { countKeys, listKeyIds } from './api-key.sql.js';
import type { ApiKey } from './api-key.type.js';
import { apiKeyLoader, partyLoader } from './identity.loaders.js';
import { countParties, listPartyIds, type PartyFilter } from './party.sql.js';
import type { Party, PartyWhere } from './party.type.js';
import { PHONE_DOMAIN } from './register-party.js';
import { codesWithin } from './rules/jurisdiction-scope.js';
import { normalisePhone } from './rules/personal-fields.js';
import { reachOf } from './rules/reach.js';

interface Page {
  readonly first: number;
  /** Undefined where the query leaves it out. */
  readonly after?: string | null;
}

/** The parties that the viewer reaches and that fit the filter, by id. */
export async function listParties(scope: RequestScope, where: Partial<PartyWhere>, page: Page): Promise<Connection<Party>> {
  const reach = reachOf(scope.viewer, 'party:read');
  const filter = filterOf(scope, where);
  const ids = await listPartyIds(scope.database, reach, filter, { after: idAfter(page), limit: pageSize(page.first) + 1 });
  const parties = await loadAll(ids, id => scope.load(partyLoader, id));
  return pageOf(parties, { first: page.first, after: page.after ?? null, keyOf: party => [party.id], count: () => countParties(scope.database, reach, filter) });
}

/** The keys of the parties that the viewer reaches, by id. */
export async function listApiKeys(scope: RequestScope, partyId: string | null, page: Page): Promise<Connection<ApiKey>> {
  const reach = reachOf(scope.viewer, 'key:read');
  const ids = await listKeyIds(scope.database, reach, partyId, { after: idAfter(page), limit: pageSize(page.first) + 1 });
  const keys = await loadAll(ids, id => scope.load(apiKeyLoader, id));
  return pageOf(keys, { first: page.first, after: page.after ?? null, keyOf: key => [key.id], count: () => countKeys(scope.database, reach, partyId) });
}

function idAfter({ after }: Page): string | null {
  return after == null ? null : String(decodeCursor(after, ['string'])[0]);
}

async function loadAll<T>(ids: readonly string[], load: (id: string) => Promise<T | null>): Promise<T[]> {
  const loaded = await Promise.all(ids.map(load));
  return loaded.filter(item => item !== null);
}

function filterOf({ services }: RequestScope, where: Partial<PartyWhere>): PartyFilter {
  const jurisdictionCodes = where.jurisdictionCode == null ? null : codesWithin(where.jurisdictionCode);
  if (where.jurisdictionCode != null && jurisdictionCodes === null) {
    throw badInput({ zh: `行政区划代码“${where.jurisdictionCode.slice(0, 20)}”须为 2、4、6、9 或 12 位数字，或开发区自定编码`, en: `the division code '${where.jurisdictionCode.slice(0, 20)}' must have 2, 4, 6, 9 or 12 digits, or be a development zone’s own` }, 'where.jurisdictionCode');
  }
  const phone = where.phone == null ? null : normalisePhone(where.phone);
  if (phone?.ok === false) throw badInput(phone.problems[0], 'where.phone');
  return {
    kinds: where.kinds ?? null,
    department: where.department ?? null,
    nameContains: where.nameContains ?? null,
    jurisdictionCodes,
    creditCode: where.creditCode ?? null,
    phoneHash: phone?.ok ? services.sealer.lookupHash(phone.value, PHONE_DOMAIN) : null,
  };
}

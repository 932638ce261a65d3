import type { RequestScope } from '../platform/index.js';
import { badInput, decodeCursor, pageOf, pageSize, type Connection, type PageArgs } from '../platform/graphql/index.js';
import type { TariffWhere } from './tariff-inputs.type.js';
import { TARIFF_BY_ID } from './tariff.loaders.js';
import { countTariffs, listTariffIds, type TariffFilter } from './tariff.sql.js';
import type { Tariff } from './tariff.type.js';

const MOST_OWNERS = 1_000;

/** The tariffs that fit a filter, by id. */
export async function listTariffPage(scope: RequestScope, where: TariffWhere | null, page: PageArgs): Promise<Connection<Tariff>> {
  const filter: TariffFilter = { facilityIds: atMost(where?.facilityIds, 'where.facilityIds'), partyIds: atMost(where?.partyIds, 'where.partyIds'), statuses: where?.statuses ?? null };
  const after = page.after == null ? null : String(decodeCursor(page.after, ['string'])[0]);
  const ids = await listTariffIds(scope.database, filter, { after, limit: pageSize(page.first) + 1 });
  const tariffs = await Promise.all(ids.map(id => scope.load(TARIFF_BY_ID, id)));
  return pageOf(tariffs.filter(tariff => tariff !== null), { first: page.first, after: page.after ?? null, keyOf: tariff => [tariff.id], count: () => countTariffs(scope.database, filter) });
}

function atMost(ids: readonly string[] | null | undefined, field: string): readonly string[] | null {
  if (ids != null && ids.length > MOST_OWNERS) throw badInput({ zh: `至多 ${MOST_OWNERS} 个，收到 ${ids.length} 个`, en: `at most ${MOST_OWNERS}, got ${ids.length}` }, field);
  return ids ?? null;
}

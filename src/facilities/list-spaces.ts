import type { RequestScope } from '../platform/index.js';
import { PageArgs, decodeCursor, pageOf, pageSize, type Connection } from '../platform/graphql/index.js';
import { Space } from './zone.entity.js';

/** Numbered spaces of one zone in the order of their numbers; uses `space_zone`. */
export async function listSpaces(scope: RequestScope, zoneId: string, page: PageArgs): Promise<Connection<Space>> {
  const first = pageSize(page.first);
  const [after] = page.after ? decodeCursor(page.after, ['string']) : [null];
  const rows = await scope.database.orm.em.fork().find(Space, { zoneId, ...(after === null ? {} : { number: { $gt: after as string } }) }, { orderBy: { number: 'asc' }, limit: first + 1 });
  return pageOf(rows, { first, after: page.after ?? null, keyOf: space => [space.number], count: () => scope.database.orm.em.fork().count(Space, { zoneId }) });
}

import type { RequestScope } from '../platform/index.js';
import { PageArgs, decodeCursor, pageOf, pageSize, type Connection } from '../platform/graphql/index.js';
import { Jurisdiction } from './jurisdiction.entity.js';
import { KeyPlace } from './key-place.entity.js';
import type { JurisdictionWhere, KeyPlaceWhere } from './place-inputs.type.js';

/** Leaves out what was not asked: an absent condition filters nothing. */
const given = <T extends object>(conditions: T): Partial<T> => Object.fromEntries(Object.entries(conditions).filter(([, value]) => value !== undefined)) as Partial<T>;

/** Jurisdictions in the order of their codes. */
export async function listJurisdictions(scope: RequestScope, where: JurisdictionWhere | null, page: PageArgs): Promise<Connection<Jurisdiction>> {
  const em = scope.database.orm.em.fork();
  const first = pageSize(page.first);
  const condition = given({
    city: where?.city ?? undefined,
    kind: where?.kinds ? { $in: where.kinds } : undefined,
    parentId: where?.parentId ?? undefined,
    isReportingUnit: where?.isReportingUnit ?? undefined,
  });
  const [after] = page.after ? decodeCursor(page.after, ['string']) : [null];
  const rows = await em.find(Jurisdiction, { ...condition, ...(after === null ? {} : { code: { $gt: after as string } }) }, { orderBy: { code: 'asc' }, limit: first + 1 });
  return pageOf(rows, { first, after: page.after ?? null, keyOf: one => [one.code], count: () => em.count(Jurisdiction, condition) });
}

/** Key places in the order in which they were registered. */
export async function listKeyPlaces(scope: RequestScope, where: KeyPlaceWhere | null, page: PageArgs): Promise<Connection<KeyPlace>> {
  const em = scope.database.orm.em.fork();
  const first = pageSize(page.first);
  const condition = given({ city: where?.city ?? undefined, kind: where?.kinds ? { $in: where.kinds } : undefined });
  const [after] = page.after ? decodeCursor(page.after, ['string']) : [null];
  const rows = await em.find(KeyPlace, { ...condition, ...(after === null ? {} : { id: { $gt: after as string } }) }, { orderBy: { id: 'asc' }, limit: first + 1 });
  return pageOf(rows, { first, after: page.after ?? null, keyOf: one => [one.id], count: () => em.count(KeyPlace, condition) });
}

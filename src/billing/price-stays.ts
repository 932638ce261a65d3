import { done, isRefusal, problem, refuse, Zone, type Outcome, type PatternContext, type Problem, type WorkCalendar } from '../kernel/index.js';
import type { RequestScope, Sql, Unit } from '../platform/index.js';
import { closingMinuteBy, seenWorkCalendar, workCalendar } from '../sharing/index.js';
import { followsClosing, LONGEST_STAY_MS, MOST_SPACES, priceStay } from './rules/price-stay.js';
import type { PricedPart, StayPart, StayPrice, StayPriceAsk } from './rules/stay-price.js';
import type { TariffVersion } from './rules/tariff.js';
import { decodeTariff } from './stored-terms.js';
import { listPricedFacilities, listRegisteredVersions, listTariffVersions, type PricedFacilityRow, type Registration, type TariffVersionRow } from './tariff-versions.sql.js';

interface Books {
  readonly calendar: WorkCalendar;
  readonly facilities: ReadonlyMap<string, PricedFacilityRow>;
  readonly versions: ReadonlyMap<string, readonly TariffVersionRow[]>;
  /** Of each facility, in order. */
  readonly registrations: ReadonlyMap<string, readonly Registration[]>;
}

/**
 * Prices stays, one or a thousand in the same few statements: an outcome an ask, in their order (I7–I9). It holds
 * nothing still: what it answers is a promise only once it is kept as a quote.
 */
export async function priceStays(at: RequestScope | Unit, asks: readonly StayPriceAsk[]): Promise<ReadonlyArray<Outcome<StayPrice>>> {
  if (asks.length === 0) return [];
  const books = await openBooks(at, asks);
  return asks.map(ask => priceOne(ask, books));
}

async function openBooks(at: RequestScope | Unit, asks: readonly StayPriceAsk[]): Promise<Books> {
  const within = 'query' in at;
  const sql: Sql = within ? at : at.database;
  const parts = asks.flatMap(ask => ask.parts.filter(part => part.agreed == null));
  const tariffIds = [...new Set(parts.flatMap(part => part.tariffId ?? []))];
  const outside = asks.flatMap(ask => ask.parts.filter(isOutside).map(part => ({ facilityId: ask.facilityId, startsAt: part.during.startsAt })));
  const registered = outside.length === 0 ? [] : await listRegisteredVersions(sql, [...new Set(outside.map(each => each.facilityId))], outside.reduce((least, each) => Math.min(least, each.startsAt), Infinity));
  const rows = [...(tariffIds.length === 0 ? [] : await listTariffVersions(sql, tariffIds)), ...registered];
  return {
    calendar: within ? await seenWorkCalendar(at) : await workCalendar(at),
    facilities: new Map((await listPricedFacilities(sql, [...new Set(asks.map(ask => ask.facilityId))])).map(row => [row.id, row])),
    versions: new Map([...Map.groupBy(rows, row => row.tariffId)].map(([id, all]) => [id, [...new Map(all.map(row => [row.version, row])).values()]])),
    registrations: Map.groupBy(registered, row => row.facilityId),
  };
}

const isOutside = ({ windowId, tariffId, agreed }: StayPart): boolean => windowId === null && tariffId === null && agreed == null;

function priceOne(ask: StayPriceAsk, books: Books): Outcome<StayPrice> {
  const facility = books.facilities.get(ask.facilityId);
  if (!facility) return refuse(problem('FACILITY_UNKNOWN', { zh: `停车设施 ${ask.facilityId.slice(0, 40)} 未登记`, en: `the facility ${ask.facilityId.slice(0, 40)} is not registered`, field: 'facilityId' }));
  const unbounded = checkBounds(ask);
  if (unbounded !== null) return refuse(unbounded);
  const parts: PricedPart[] = [];
  for (const part of ask.parts.flatMap(each => registeredPieces(each, books.registrations.get(ask.facilityId) ?? []))) {
    const priced = versionsFor(part, ask, books);
    if (isRefusal(priced)) return priced;
    parts.push(priced.value);
  }
  if (facility.closesAt === null && parts.some(part => part.versions.some(version => followsClosing(version.terms)))) {
    return refuse(problem('CLOSING_TIME_UNKNOWN', { zh: '收费标准按闭店时间计价，而该设施的闭店时间未登记', en: 'the tariff follows the closing time, which is not known of this facility', clause: '2.4-3' }));
  }
  return priceStay({ parts, spaceClass: ask.spaceClass, spaces: ask.spaces }, contextOf(facility, books.calendar));
}

function checkBounds({ parts, spaces }: StayPriceAsk): Problem | null {
  if (!(Number.isSafeInteger(spaces) && spaces >= 1 && spaces <= MOST_SPACES)) return problem('SPACES_OUT_OF_BOUNDS', { zh: `泊位数 ${spaces} 无效，须为 1–${MOST_SPACES}`, en: `${spaces} spaces cannot be priced, only 1 to ${MOST_SPACES}`, field: 'spaces' });
  const minutes = ((parts.at(-1)?.during.endsAt ?? 0) - (parts[0]?.during.startsAt ?? 0)) / 60_000;
  if (minutes * 60_000 <= LONGEST_STAY_MS) return null;
  return problem('STAY_TOO_LONG', { zh: `停放 ${Math.round(minutes)} 分钟，最长可计价 ${LONGEST_STAY_MS / 60_000} 分钟（400 天）`, en: `a stay of ${Math.round(minutes)} minutes is longer than can be priced, ${LONGEST_STAY_MS / 60_000} minutes (400 days)`, field: 'during' });
}

/** Time outside every window in its pieces, each with the tariff that was registered then: another one prices no time that has passed. Before the first one the first one does. */
function registeredPieces(part: StayPart, registrations: readonly Registration[]): readonly StayPart[] {
  if (!isOutside(part)) return [part];
  const { startsAt, endsAt } = part.during;
  const edges = registrations.flatMap(({ from, until }) => [from, until ?? endsAt]).filter(at => startsAt < at && at < endsAt);
  const cuts = [startsAt, ...new Set(edges.sort((a, b) => a - b)), endsAt];
  return cuts.slice(1).map((until, index) => {
    const from = cuts[index]!;
    const registered = registrations.find(each => each.until === null || from < each.until);
    return { ...part, tariffId: registered?.tariffId ?? null, during: { startsAt: from, endsAt: until } };
  });
}

/** What prices one part: what was agreed, the window's tariff, nothing in a free window, what was registered outside every window (I8). */
function versionsFor(part: StayPart, { at }: StayPriceAsk, books: Books): Outcome<PricedPart> {
  const { windowId, tariffId, during, agreed } = part;
  if (agreed != null) return done({ windowId, tariffId: null, agreementId: agreed.agreementId, during, versions: [{ version: 1, inForceFrom: Number.NEGATIVE_INFINITY, terms: agreed.terms }] });
  if (tariffId === null) return windowId === null ? refuse(noTariffOutside(part)) : done({ windowId, tariffId, agreementId: null, during, versions: [] });
  const versions = (books.versions.get(tariffId) ?? []).filter(row => row.recordedAt <= at).map((row): TariffVersion => ({ version: row.version, inForceFrom: row.inForceFrom, terms: decodeTariff(row.terms) }));
  if (versions.length > 0) return done({ windowId, tariffId, agreementId: null, during, versions });
  return refuse(problem('TARIFF_UNKNOWN', { zh: `没有收费标准 ${tariffId.slice(0, 40)}`, en: `there is no tariff ${tariffId.slice(0, 40)}`, field: 'tariffId' }));
}

function noTariffOutside({ during }: StayPart): Problem {
  const [from, until] = [during.startsAt, during.endsAt].map(at => new Date(at).toISOString());
  return problem('NO_TARIFF_OUTSIDE_WINDOWS', { zh: `${from} 至 ${until} 不在任何共享时段内，且该设施没有登记收费标准`, en: `from ${from} to ${until} no window lends, and the facility has no registered tariff`, data: { from, until } });
}

function contextOf({ zoneName, closesAt }: PricedFacilityRow, calendar: WorkCalendar): PatternContext {
  const zone = Zone.of(zoneName);
  // That it exists was checked when the facility was stored.
  if (isRefusal(zone)) throw new Error(`a stored facility has the unknown time zone ${zoneName}`);
  return { calendar, zone: zone.value, closingMinuteOf: closingMinuteBy(closesAt) };
}

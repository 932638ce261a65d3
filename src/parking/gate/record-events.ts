import { createHash } from 'node:crypto';
import { counted, isRefusal, problem, type Problem, type Problems } from '../../kernel/index.js';
import { systemViewer } from '../../identity/index.js';
import type { SpaceClass } from '../../facilities/index.js';
import { Gatherer, newId, type Gathered, type RequestScope, type Unit } from '../../platform/index.js';
import { badInput, forbidden, notFound } from '../../platform/graphql/index.js';
import { gateVehicle, type GateVehicle, type SeenVehicle } from '../rules/gate-vehicle.js';
import type { EventVerdict } from '../rules/fold-stays.js';
import { CLOCK_SLACK_MS, callerOf, operatedFacilities } from './decide-entry.js';
import { eventsByNumber, insertEvents, lockVehicles, type Arrival, type GateEventRow, type Retold } from './event.sql.js';
import { putFindings, type GateFindingRow } from './finding.sql.js';
import { gateFacilities, type GateFacility } from './gate.sql.js';
import { retellVehicles } from './retell.js';
import { eventPlateBinding, vehicleHash, vehicleKey } from './vehicle-key.js';

/** One passage as its gate tells it. */
export interface TellEvent {
  readonly gate: string;
  readonly eventId: string;
  readonly kind: 'ENTRY' | 'EXIT';
  readonly vehicle: SeenVehicle;
  /** Null: when it is told. */
  readonly occurredAt: number | null;
  readonly spaceClass?: SpaceClass | null;
}

export interface RecordEvents {
  readonly facilityId: string;
  readonly events: readonly TellEvent[];
  readonly idempotencyKey: string;
}

/** What became of one passage; plain JSON. DUPLICATE: it was told before, and stands as it stood. REFUSED: it is none that can be kept. */
export interface EventReceipt {
  readonly verdict: EventVerdict | 'DUPLICATE' | 'REFUSED';
  readonly arrival: Arrival | null;
  readonly gateEventId: string | null;
  readonly sessionId: string | null;
  readonly problems: Problems | null;
}

interface Item {
  readonly facilityId: string;
  readonly events: ReadonlyArray<Omit<TellEvent, 'vehicle' | 'occurredAt'> & TellTime & { readonly vehicle: GateVehicle | null; readonly problems: Problems | null }>;
}

interface TellTime {
  readonly occurredAt: number;
  /** False: its gate gave no time, and a retry of it is told at another. */
  readonly isTimed: boolean;
}

type Answer = { readonly receipts: readonly EventReceipt[] } | { readonly denied: 'NOT_FOUND' | 'FORBIDDEN' };

/** The most passages of one call, and of one transaction. */
export const EVENTS_A_CALL = 500;
const LANES = 2;
const NAME_MAXIMUM = 100;
/** What is told later than this after it happened came from a gate that was offline. */
const LATE_MS = 5 * 60_000;
const OLDEST_MS = 400 * 86_400_000;

const gatherer = new Gatherer<Item, Answer>({ maximum: () => EVENTS_A_CALL, lanes: LANES, viewer: systemViewer, work: takeTogether, isKept: answer => 'receipts' in answer });

/**
 * Takes passages of a gate, live or from while it was offline, each with its own time (2.2-7, C4). None is lost: what was
 * told before is told so, what contradicts becomes a finding, and stays are reckoned anew from all of them. Calls that
 * arrive together are written together.
 */
export async function recordEvents(scope: RequestScope, operation: string, { facilityId, events, idempotencyKey }: RecordEvents): Promise<readonly EventReceipt[]> {
  if (events.length > EVENTS_A_CALL) throw badInput({ zh: `一次至多 ${EVENTS_A_CALL} 条，收到 ${events.length} 条`, en: `at most ${EVENTS_A_CALL} events at once, got ${events.length}` }, 'input.events');
  const now = scope.clock.now();
  const item: Item = {
    facilityId,
    events: events.map(({ vehicle: seen, occurredAt, ...told }, nth) => {
      const event = { ...told, occurredAt: occurredAt ?? now, isTimed: occurredAt !== null };
      const field = events.length === 1 ? '' : `events[${nth}].`;
      const vehicle = gateVehicle(seen, `${field}vehicle`);
      const problems = [...(isRefusal(vehicle) ? vehicle.problems : []), ...eventProblems(event, field, now)];
      return { ...event, vehicle: isRefusal(vehicle) ? null : vehicle.value, problems: problems.length === 0 ? null : (problems as unknown as Problems) };
    }),
  };
  const hash = createHash('sha256').update(JSON.stringify([facilityId, events])).digest('base64');
  const answer = await gatherer.run(scope.services, { viewer: scope.viewer, item, weight: Math.max(1, events.length), retry: { operation, key: idempotencyKey, input: hash } });
  if ('receipts' in answer) return answer.receipts;
  throw answer.denied === 'FORBIDDEN' ? forbidden('gate:operate') : notFound('facility', facilityId);
}

function eventProblems({ gate, eventId, occurredAt }: Pick<TellEvent, 'gate' | 'eventId'> & TellTime, field: string, now: number): readonly Problem[] {
  const found: Problem[] = [];
  for (const [name, text] of [['gate', gate], ['eventId', eventId]] as const) {
    if (text.trim() === '' || text.length > NAME_MAXIMUM) found.push(problem('NAME_LENGTH', { zh: `${name} 须为 1–${NAME_MAXIMUM} 个字符，收到 ${text.length} 个`, en: `${name} has 1 to ${NAME_MAXIMUM} characters, got ${text.length}`, field: `${field}${name}` }));
  }
  if (occurredAt > now + CLOCK_SLACK_MS) found.push(problem('CLOCK_AHEAD', { zh: `事件时间晚于现在 ${Math.ceil((occurredAt - now) / 60_000)} 分钟：道闸时钟有误`, en: `the event would happen in ${counted(Math.ceil((occurredAt - now) / 60_000), 'minute')}: the gate's clock is wrong`, field: `${field}occurredAt` }));
  if (occurredAt < now - OLDEST_MS) found.push(problem('TOO_OLD', { zh: `事件早于 ${OLDEST_MS / 86_400_000} 天前`, en: `the event is older than ${OLDEST_MS / 86_400_000} days`, field: `${field}occurredAt` }));
  return found;
}

async function takeTogether(unit: Unit, parts: ReadonlyArray<Gathered<Item>>): Promise<readonly Answer[]> {
  const facilities = new Map((await gateFacilities(unit, [...new Set(parts.map(({ item }) => item.facilityId))])).map(facility => [facility.id, facility]));
  const operated = await operatedFacilities(unit, parts, facilities);
  const mayTell = parts.map(({ viewer, item }) => operated.get(callerOf(viewer))!.has(item.facilityId));
  const taken = await takeEvents(unit, parts.map(({ viewer, item }, part) => ({ facility: mayTell[part] ? facilities.get(item.facilityId)! : null, events: item.events, recordedBy: viewer.actorId })));
  return parts.map(({ item }, part): Answer => (mayTell[part] ? { receipts: taken[part]! } : { denied: facilities.has(item.facilityId) ? 'FORBIDDEN' : 'NOT_FOUND' }));
}

interface Told {
  readonly facility: GateFacility | null;
  readonly events: Item['events'];
  readonly recordedBy: string;
}

async function takeEvents(unit: Unit, told: readonly Told[]): Promise<ReadonlyArray<readonly EventReceipt[]>> {
  const { sealer } = unit.scope.services;
  const rows = told.map(({ facility, events, recordedBy }) => events.map(event => (facility && event.vehicle && !event.problems ? rowOf(unit, facility, event, event.vehicle, recordedBy) : null)));
  const all = rows.flat().filter(row => row !== null);
  await lockVehicles(unit, all.map(row => `${row.facilityId} ${row.plateKey}`));
  const known = new Map((all.length === 0 ? [] : await eventsByNumber(unit, all)).map(row => [numberOf(row), row]));
  const fresh = new Map<string, GateEventRow>();
  for (const row of all) if (!known.has(numberOf(row)) && !fresh.has(numberOf(row))) fresh.set(numberOf(row), row);
  const news = [...fresh.values()].map(row => ({ ...row, sealedPlate: sealer.seal(row.sealedPlate, eventPlateBinding(row.id)) }));
  const reckoned = news.length === 0 ? null : await retellVehicles(unit, retoldOf(news), news);
  const stored = news.map((row): GateEventRow => {
    const { verdict, sessionId, isOvertaken } = reckoned!.get(row.id)!;
    return { ...row, verdict, sessionId, arrival: isOvertaken ? 'OUT_OF_ORDER' : row.arrival };
  });
  await insertEvents(unit, stored);
  const byNumber = new Map(stored.map(row => [numberOf(row), row]));

  const findings: GateFindingRow[] = [];
  const isAnswered = new Set<string>();
  const receipts = rows.map((own, part) => own.map((row, nth): EventReceipt => {
    const { facility, events } = told[part]!;
    const event = events[nth]!;
    if (row === null) {
      // Of a facility that is not the caller's nothing is kept, whatever its clock says.
      if (facility && event.problems?.some(each => each.code === 'CLOCK_AHEAD')) findings.push(findingOf(unit, facility, 'CLOCK_AHEAD', event.problems[0]));
      return { verdict: 'REFUSED', arrival: null, gateEventId: null, sessionId: null, problems: event.problems };
    }
    const first = known.get(numberOf(row)) ?? byNumber.get(numberOf(row))!;
    const isNew = byNumber.has(numberOf(row)) && !isAnswered.has(row.id) && first.id === row.id;
    isAnswered.add(row.id);
    if (isNew) return { verdict: first.verdict, arrival: first.arrival, gateEventId: first.id, sessionId: first.sessionId, problems: null };
    if (isSameEvent(first, row, event)) return { verdict: 'DUPLICATE', arrival: first.arrival, gateEventId: first.id, sessionId: first.sessionId, problems: null };
    const reused = problem('EVENT_ID_REUSED', { zh: `道闸 ${row.gate} 的事件号 ${row.eventId} 已用于另一事件`, en: `the gate ${row.gate} used its event number ${row.eventId} for another event before`, field: 'eventId' });
    findings.push({ ...findingOf(unit, facility!, 'EVENT_ID_REUSED', reused), gateEventId: first.id, sessionId: first.sessionId });
    return { verdict: 'REFUSED', arrival: null, gateEventId: first.id, sessionId: first.sessionId, problems: [reused] };
  }));
  await putFindings(unit, [...new Map(findings.map(finding => [finding.gateEventId ?? finding.id, finding])).values()]);
  return receipts;
}

const numberOf = ({ facilityId, gate, eventId }: Pick<GateEventRow, 'facilityId' | 'gate' | 'eventId'>): string => JSON.stringify([facilityId, gate, eventId]);

function isSameEvent(one: GateEventRow, other: GateEventRow, { isTimed }: TellTime): boolean {
  return one.kind === other.kind && (!isTimed || one.occurredAt === other.occurredAt) && one.readKey === other.readKey;
}

function rowOf(unit: Unit, { id: facilityId, city }: GateFacility, event: Item['events'][number], vehicle: GateVehicle, recordedBy: string): GateEventRow {
  const hash = vehicleHash(unit.scope.services.sealer, vehicle);
  const plateKey = vehicleKey(hash, vehicle);
  return {
    city, id: newId('gateEvent', unit.now), facilityId, gate: event.gate.trim(), eventId: event.eventId.trim(), kind: event.kind, occurredAt: event.occurredAt, receivedAt: unit.now,
    arrival: unit.now - event.occurredAt > LATE_MS ? 'LATE' : 'LIVE', plateKey, readKey: plateKey, plateHash: hash, colour: vehicle.colour, sealedPlate: vehicle.number, maskedPlate: vehicle.masked,
    spaceClass: event.spaceClass ?? 'STANDARD', verdict: 'OPENED', sessionId: null, recordedBy,
  };
}

/** The vehicles of events, each from its earliest event on. */
export function retoldOf(rows: ReadonlyArray<Pick<GateEventRow, 'facilityId' | 'plateKey' | 'occurredAt'>>): readonly Retold[] {
  const byVehicle = Map.groupBy(rows, row => `${row.facilityId} ${row.plateKey}`);
  return [...byVehicle.values()].map(own => ({ facilityId: own[0]!.facilityId, plateKey: own[0]!.plateKey, from: Math.min(...own.map(row => row.occurredAt)) }));
}

function findingOf(unit: Unit, { id: facilityId, city }: GateFacility, kind: GateFindingRow['kind'], { zh, en }: Problem): GateFindingRow {
  return { city, id: newId('gateFinding', unit.now), facilityId, kind, gateEventId: null, sessionId: null, zh, en, foundAt: unit.now, resolvedAt: null };
}

import { hash } from 'node:crypto';
import { done, isRefusal, problem, refuse, type Outcome, type Problem } from '../../kernel/index.js';
import { systemViewer } from '../../identity/index.js';
import type { SpaceClass } from '../../facilities/index.js';
import { Gatherer, newId, type Gathered, type RequestScope, type Unit } from '../../platform/index.js';
import { forbidden, notFound } from '../../platform/graphql/index.js';
import { gateVehicle, type GateVehicle, type SeenVehicle } from '../rules/gate-vehicle.js';
import { operatedBy } from './gate.policy.js';
import { gateFacilities, insertDecisions, type GateDecisionRow, type GateFacility, type StoredReason } from './gate.sql.js';
import { judgeEntries, type EntryAsk, type JudgedEntry } from './judge-entries.js';
import { suggestionBinding, vehicleHash, vehicleKey } from './vehicle-key.js';

const MINUTE_MS = 60_000;
/** A stay that is not told of: an hour, after which it is asked again. */
export const WALK_IN_MINUTES = 60;
const LONGEST_WALK_IN_MINUTES = 24 * 60;
/** A gate's own clock may go so far wrong. */
export const CLOCK_SLACK_MS = 5 * MINUTE_MS;

export interface DecideEntry {
  readonly facilityId: string;
  readonly vehicle: SeenVehicle;
  /** Epoch ms; null: now. */
  readonly at: number | null;
  readonly stayMinutes: number | null;
  readonly spaceClass: SpaceClass | null;
  readonly idempotencyKey: string;
}

interface Item {
  readonly facilityId: string;
  readonly vehicle: GateVehicle;
  readonly at: number;
  readonly stayMs: number;
  readonly spaceClass: SpaceClass;
}

type Answer = { readonly decisionId: string } | { readonly denied: 'NOT_FOUND' | 'FORBIDDEN' };

/** Decisions of one transaction. */
const DECISIONS_A_TRANSACTION = 256;
const LANES = 2;

/** Rows that this process has just written, for the answer that follows. */
const written = new WeakMap<Answer, GateDecisionRow>();

const gatherer = new Gatherer<Item, Answer>({ maximum: () => DECISIONS_A_TRANSACTION, lanes: LANES, viewer: systemViewer, work: decideTogether, isKept: answer => 'decisionId' in answer });

/**
 * Decides whether a vehicle may enter, and keeps the decision with its reasons, so that it can be cited (2.2-7, P2). It
 * promises nothing and moves nothing: the entry itself is told by `recordEntry`. Calls that arrive together are decided together.
 */
export async function decideEntry(scope: RequestScope, input: DecideEntry): Promise<Outcome<{ readonly decisionId: string; readonly row: GateDecisionRow | null }>> {
  const vehicle = gateVehicle(input.vehicle);
  const problems = [...(isRefusal(vehicle) ? vehicle.problems : []), ...timeProblems(input, scope.clock.now())];
  if (isRefusal(vehicle) || problems.length > 0) return refuse(problems);
  const digest = hash('sha256', JSON.stringify([input.facilityId, vehicle.value, input.at, input.stayMinutes, input.spaceClass]), 'base64');
  const item: Item = {
    facilityId: input.facilityId, vehicle: vehicle.value, at: input.at ?? scope.clock.now(), stayMs: (input.stayMinutes ?? WALK_IN_MINUTES) * MINUTE_MS, spaceClass: input.spaceClass ?? 'STANDARD',
  };
  const answer = await gatherer.run(scope.services, { viewer: scope.viewer, item, weight: 1, retry: { operation: 'decideEntry', key: input.idempotencyKey, input: digest } });
  if ('decisionId' in answer) return done({ decisionId: answer.decisionId, row: written.get(answer) ?? null });
  throw answer.denied === 'FORBIDDEN' ? forbidden('gate:operate') : notFound('facility', input.facilityId);
}

function timeProblems({ at, stayMinutes }: DecideEntry, now: number): readonly Problem[] {
  const found: Problem[] = [];
  if (at !== null && Math.abs(at - now) > CLOCK_SLACK_MS) found.push(problem('NOT_NOW', { zh: `放行判定须在前后 ${CLOCK_SLACK_MS / MINUTE_MS} 分钟之内，相差 ${Math.ceil(Math.abs(at - now) / MINUTE_MS)} 分钟；离线事件请用 recordGateEvents`, en: `an entry is decided within ${CLOCK_SLACK_MS / MINUTE_MS} minutes of now, this is ${Math.ceil(Math.abs(at - now) / MINUTE_MS)} away; what happened offline is for recordGateEvents`, field: 'at' }));
  if (stayMinutes !== null && !(stayMinutes >= 1 && stayMinutes <= LONGEST_WALK_IN_MINUTES)) found.push(problem('OUT_OF_RANGE', { zh: `停放须为 1–${LONGEST_WALK_IN_MINUTES} 分钟，收到 ${stayMinutes}`, en: `a stay of 1 to ${LONGEST_WALK_IN_MINUTES} minutes, got ${stayMinutes}`, field: 'stayMinutes' }));
  return found;
}

async function decideTogether(unit: Unit, parts: ReadonlyArray<Gathered<Item>>): Promise<readonly Answer[]> {
  const facilities = new Map((await gateFacilities(unit, [...new Set(parts.map(({ item }) => item.facilityId))])).map(facility => [facility.id, facility]));
  const operated = await operatedFacilities(unit, parts, facilities);
  const { sealer } = unit.scope.services;
  const asked = parts.flatMap(({ viewer, item }, part) => {
    const facility = facilities.get(item.facilityId);
    if (!facility || !operated.get(callerOf(viewer))!.has(facility.id)) return [];
    const hash = vehicleHash(sealer, item.vehicle);
    return [{ part, facility, ask: { ...item, plateHash: hash, plateKey: vehicleKey(hash, item.vehicle) } }];
  });
  const judged = asked.length === 0 ? [] : await judgeEntries(unit, asked.map(({ ask }) => ask));
  const rows = asked.map(({ part, facility, ask }, nth) => rowOf(unit, facility, ask, judged[nth]!, parts[part]!.viewer.actorId));
  await insertDecisions(unit, rows);
  const answers = new Map(asked.map(({ part }, nth): [number, Answer] => {
    const answer: Answer = { decisionId: rows[nth]!.id };
    written.set(answer, rows[nth]!);
    return [part, answer];
  }));
  return parts.map(({ item }, part) => answers.get(part) ?? { denied: facilities.has(item.facilityId) ? 'FORBIDDEN' : 'NOT_FOUND' });
}

/** Who calls, and by which credential: another key of the same party may have other rights. */
export function callerOf({ actorId, keyId }: Gathered<unknown>['viewer']): string {
  return `${actorId} ${keyId ?? ''}`;
}

/** By caller, the facilities whose gates it works: once for all calls of a caller. */
export async function operatedFacilities(unit: Unit, parts: ReadonlyArray<{ readonly viewer: Gathered<unknown>['viewer']; readonly item: { readonly facilityId: string } }>, facilities: ReadonlyMap<string, GateFacility>): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const operated = new Map<string, ReadonlySet<string>>();
  for (const [caller, theirs] of Map.groupBy(parts, part => callerOf(part.viewer))) {
    const named = [...new Set(theirs.map(({ item }) => item.facilityId))].flatMap(id => facilities.get(id) ?? []);
    operated.set(caller, await operatedBy(unit, theirs[0]!.viewer, named));
  }
  return operated;
}

function rowOf(unit: Unit, facility: GateFacility, ask: EntryAsk, { right, decision, reasons, suggestions }: JudgedEntry, decidedBy: string): GateDecisionRow {
  const id = newId('gateDecision', unit.now);
  const until = right === null ? null : right.booked ? right.booked.endsAt : ask.at + ask.stayMs;
  return {
    city: facility.city, id, facilityId: facility.id, plateKey: ask.plateKey, maskedPlate: ask.vehicle.masked, at: ask.at, decidedAt: unit.now, isAdmitted: right !== null, basis: right?.basis ?? null,
    rule: right?.basis ?? reasons[0]!.code, reasons: reasons.map(reasonOf), reservationId: right?.booked?.id ?? null, claimId: right?.booked?.claimId ?? right?.admission?.claimId ?? null,
    agreementId: right?.admission?.agreementId ?? null, zoneId: decision?.zoneId ?? null, windowIds: [...new Set(decision?.windows.map(window => window.windowId) ?? [])], until,
    sealedSuggestions: suggestions.length === 0 ? null : unit.scope.services.sealer.seal(JSON.stringify(suggestions), suggestionBinding(id)), decidedBy,
  };
}

function reasonOf({ code, zh, en, clause, data }: Problem): StoredReason {
  return { code, zh, en, clause: clause ?? null, data: { ...data } };
}

import { newId, type Unit } from '../../platform/index.js';
import { foldStays, type FoldedStay } from '../rules/fold-stays.js';
import { matchSessions } from '../rules/refold-sessions.js';
import { sessionEventOf, sessionLifecycle } from '../rules/session-lifecycle.js';
import { eventsOfVehicles, putVerdicts, type GateEventRow, type Retold } from './event.sql.js';
import { putFindings, resolveFindings, type GateFindingKind, type GateFindingRow } from './finding.sql.js';
import { sessionsOfVehicles, type SessionRow } from './session.sql.js';
import { settleStays, type Settling } from './settle-stays.js';

/** A session before and after its vehicle's history was told anew. */
export interface RetoldSession extends Settling {
  /** By which it is found in the bookings; null where the session is void. */
  readonly plateHash: string | null;
  /** Whether it came by one of several parties' bookings of it. */
  readonly isContested?: boolean;
  /** Nothing was told of it; but something was of a stay before it, which may have used up its booking. */
  readonly isCarried?: boolean;
}

/** What an event comes to. */
export interface Reckoned extends Pick<GateEventRow, 'id' | 'verdict' | 'sessionId'> {
  /** Something that happened later had been told before. */
  readonly isOvertaken: boolean;
}

/**
 * Reckons the stays of vehicles anew from all that their gates told, from an instant on, and draws what follows: sessions,
 * bookings, claims, charges, findings. The vehicles are locked by the caller. In whichever order events come, the stays
 * are the same (C4); the statements do not grow with the events.
 */
export async function retellVehicles(unit: Unit, asked: readonly Retold[], told: readonly GateEventRow[]): Promise<ReadonlyMap<string, Reckoned>> {
  const sessions = Map.groupBy(await sessionsOfVehicles(unit, asked), keyOf);
  const events = Map.groupBy([...(await eventsOfVehicles(unit, asked)), ...told], keyOf);
  const verdicts = new Map<string, Reckoned>();
  const changed: RetoldSession[] = [];
  const isStored = new Map<string, GateEventRow>();
  for (const { facilityId, plateKey, from } of asked) {
    const key = keyOf({ facilityId, plateKey });
    const known = sessions.get(key) ?? [];
    const knownIds = new Set(known.map(session => session.id));
    const own = (events.get(key) ?? []).filter(event => event.sessionId === null || knownIds.has(event.sessionId));
    for (const event of own) isStored.set(event.id, event);
    changed.push(...retellOne(unit, { events: own, known, from }, verdicts));
  }
  const moved = [...verdicts.values()].filter(({ id, verdict, sessionId }) => isStored.get(id)!.verdict !== verdict || isStored.get(id)!.sessionId !== sessionId);
  await settleStays(unit, changed, new Map([...isStored.values()].map(event => [event.id, event])));
  const news = new Set(told.map(event => event.id));
  await putVerdicts(unit, moved.filter(({ id }) => !news.has(id)));
  await findContradictions(unit, [...verdicts.values()].map(each => ({ ...isStored.get(each.id)!, ...each })), isStored, news);
  return verdicts;
}

const keyOf = ({ facilityId, plateKey }: { readonly facilityId: string; readonly plateKey: string }): string => `${facilityId} ${plateKey}`;

/** What is reckoned anew of one vehicle: its events and sessions from the one before an instant on. */
interface History {
  readonly events: readonly GateEventRow[];
  readonly known: readonly SessionRow[];
  readonly from: number;
}

function retellOne(unit: Unit, { events, known, from }: History, verdicts: Map<string, Reckoned>): readonly RetoldSession[] {
  const byId = new Map(events.map(event => [event.id, event]));
  const folded = foldStays(events.map(event => ({ id: event.id, name: `${event.gate} ${event.eventId}`, kind: event.kind, at: event.occurredAt })));
  const { stays, voided } = matchSessions(folded.stays, known);
  const changed: RetoldSession[] = [];
  const rows = stays.map(({ stay, session }) => {
    const event = byId.get((stay.entry ?? stay.exit)!.id)!;
    const after = session ? amended(session, stay, event, unit.now) : begun(stay, event, unit.now);
    if (after !== session) changed.push({ before: session, after, plateHash: event.plateHash });
    else if (changed.length > 0 && after.state === 'ENDED' && after.reservationId !== null) changed.push({ before: session, after, plateHash: event.plateHash, isCarried: true });
    return { stay, after };
  });
  for (const session of voided) changed.push({ before: session, after: voidedOf(session, unit.now), plateHash: null });
  const latest = Math.max(...events.filter(event => event.sessionId !== null).map(event => event.occurredAt));
  const [firstId] = folded.verdicts.keys();
  for (const [id, reckoned] of folded.verdicts) {
    const { occurredAt: at, kind, verdict: told } = byId.get(id)!;
    // Whether somebody was in before the first of them is not read again: nothing that is told now changes it.
    const verdict = id === firstId && kind === 'ENTRY' && at < from ? told : reckoned;
    const own = rows.find(({ stay }) => stay.entry?.id === id || stay.exit?.id === id) ?? rows.findLast(({ after }) => after.beganAt <= at);
    verdicts.set(id, { id, verdict, sessionId: own?.after.id ?? null, isOvertaken: at < latest });
  }
  return changed;
}

function timesOf({ entry, exit, endedAt }: FoldedStay): Pick<SessionRow, 'entryEventId' | 'exitEventId' | 'enteredAt' | 'exitedAt' | 'beganAt'> {
  return { entryEventId: entry?.id ?? null, exitEventId: exit?.id ?? null, enteredAt: entry?.at ?? null, exitedAt: endedAt, beganAt: (entry ?? exit)!.at };
}

function begun(stay: FoldedStay, event: GateEventRow, now: number): SessionRow {
  return {
    city: event.city, id: newId('session', now), facilityId: event.facilityId, plateKey: event.plateKey, maskedPlate: event.maskedPlate, colour: event.colour, spaceClass: event.spaceClass,
    state: stay.endedAt === null ? 'OPEN' : 'ENDED', basis: 'WALK_IN', reservationId: null, agreementId: null, claimId: null, claimedUntil: null, parts: [], ...timesOf(stay),
    overstayedSince: null, bookedUntil: null, amountFen: null, charges: [], isUnsettled: false, version: 1, createdAt: now, changedAt: now,
  };
}

function amended(session: SessionRow, stay: FoldedStay, event: GateEventRow, now: number): SessionRow {
  const times = timesOf(stay);
  const isSame = (Object.keys(times) as Array<keyof typeof times>).every(key => times[key] === session[key]);
  if (isSame) return session;
  const next = sessionLifecycle.transition(session.state, sessionEventOf(session.state, stay.endedAt === null));
  if (!next.ok) throw new Error(next.problems[0].en);
  return { ...session, ...times, state: next.value, maskedPlate: event.maskedPlate, version: session.version + 1, changedAt: now };
}

function voidedOf(session: SessionRow, now: number): SessionRow {
  const next = sessionLifecycle.transition(session.state, 'void');
  if (!next.ok) throw new Error(next.problems[0].en);
  return { ...session, state: next.value, version: session.version + 1, changedAt: now };
}

const CONTRADICTIONS = {
  ENTERED_TWICE: { zh: '同一车辆未见出场又入场：前次停放按此时结束', en: 'the vehicle came in again though nobody told that it left: the stay before ends here' },
  EXIT_WITHOUT_ENTRY: { zh: '出场前没有入场记录：可能误读号牌或漏报入场', en: 'the vehicle left though nobody told that it came in: misread, or the entry was missed' },
} as const satisfies Partial<Record<GateFindingKind, { zh: string; en: string }>>;

type Contradiction = keyof typeof CONTRADICTIONS;

async function findContradictions(unit: Unit, events: readonly GateEventRow[], before: ReadonlyMap<string, GateEventRow>, news: ReadonlySet<string>): Promise<void> {
  const isContradiction = (verdict: string): verdict is Contradiction => verdict in CONTRADICTIONS;
  const explained = events.flatMap(({ id, verdict }) => {
    const earlier = before.get(id)!.verdict;
    return !news.has(id) && earlier !== verdict && isContradiction(earlier) ? [{ gateEventId: id, kind: earlier }] : [];
  });
  await resolveFindings(unit, explained, unit.now);
  await putFindings(unit, events.flatMap((event): GateFindingRow[] => {
    const { id, verdict, city, facilityId, sessionId } = event;
    if (!isContradiction(verdict) || (!news.has(id) && before.get(id)!.verdict === verdict)) return [];
    return [{ city, id: newId('gateFinding', unit.now), facilityId, kind: verdict, gateEventId: id, sessionId, ...CONTRADICTIONS[verdict], foundAt: unit.now, resolvedAt: null }];
  }));
}

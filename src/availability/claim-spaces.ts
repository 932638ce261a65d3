import { done, problem, refuse, type Outcome, type Problem, type Span } from '../kernel/index.js';
import { drawBytes, newId, type Unit } from '../platform/index.js';
import type { ClaimAsk, MadeClaim } from './claim.js';
import { facilitiesOfClaims, listClaims, type ClaimRow } from './claim.sql.js';
import { ClaimDesk } from './claim-desk.js';
import { askProblem, judgeStay } from './judge-stay.js';
import { NumberedSpaces } from './numbered-spaces.js';
import { rounded } from './rules/claim-grain.js';

/**
 * Promises spaces (P1, 2.6-5): decided in the order of the asks, each by itself; a refusal writes nothing and says what is
 * in the way. The statements are the same few for one ask and for several hundred, and the claims of a facility are locked
 * until the commit, so that two servers never promise the same space. `opened`: a desk where they are locked already.
 */
export async function claimSpaces(unit: Unit, asks: readonly ClaimAsk[], opened: ClaimDesk | null = null): Promise<ReadonlyArray<Outcome<MadeClaim>>> {
  if (asks.length === 0) return [];
  const replaced = asks.flatMap(ask => ask.replaces ?? []);
  const elsewhere = replaced.length > 0 ? await facilitiesOfClaims(unit, replaced) : [];
  const desk = opened ?? await ClaimDesk.open(unit, [...asks.map(ask => ask.facilityId), ...elsewhere]);
  const standing = new Map((replaced.length > 0 ? await listClaims(unit, replaced) : []).map(claim => [claim.id, claim]));
  const sound = asks.filter(ask => askProblem(ask, unit.now) === null);
  if (sound.length === 0) return asks.map(ask => refuse(askProblem(ask, unit.now)!));

  const during = spanOf([...sound.map(ask => rounded(ask.during)), ...[...standing.values()].filter(claim => claim.endedAt === null)]);
  await desk.read(during);
  const spaces = await NumberedSpaces.read(unit, sound.flatMap(ask => ask.spaceId ?? []), during);
  const claiming: Claiming = { unit, desk, spaces, standing };
  const outcomes = asks.map((ask, nth) => claimOne(claiming, ask, nth));
  spaces.endExpired(unit, desk);
  await desk.close();
  return outcomes;
}

interface Claiming {
  readonly unit: Unit;
  readonly desk: ClaimDesk;
  readonly spaces: NumberedSpaces;
  /** Claims that others take the place of; one that is taken is no more among them. */
  readonly standing: Map<string, ClaimRow>;
}

function claimOne({ unit, desk, spaces, standing }: Claiming, ask: ClaimAsk, nth: number): Outcome<MadeClaim> {
  const unsound = askProblem(ask, unit.now);
  if (unsound) return refuse(unsound);
  const known = desk.known(ask.facilityId);
  if (!known) return refuse(problem('FACILITY_UNKNOWN', { zh: `没有设施 ${ask.facilityId}`, en: `there is no facility ${ask.facilityId}`, field: 'facilityId' }));
  const old = ask.replaces === undefined ? null : standing.get(ask.replaces);
  if (old === undefined || (old && !stands(old, unit.now))) return refuse(claimEnded(ask.replaces!));

  if (old) desk.giveBack(old, 'REPLACED');
  const space = ask.spaceId === null ? null : spaces.find(ask, old?.id ?? null, unit.now);
  const { decision, zoneId, windows } = judgeStay(known, desk.lending(ask.facilityId, ask.spaceClass, ask.asker), { ...ask, zoneIds: space?.zoneIds ?? ask.zoneIds }, space?.problem ?? null);
  if (zoneId === null) {
    if (old) desk.takeBack(old);
    return refuse(space?.problem ?? decision.problems);
  }
  const { startsAt, endsAt } = rounded(ask.during);
  const claim: ClaimRow = {
    city: known.city, id: claimId(unit.now, nth), facilityId: known.id, zoneId, spaceClass: ask.spaceClass, spaceId: ask.spaceId, spaces: ask.spaces, startsAt, endsAt,
    exactStartsAt: ask.during.startsAt, exactEndsAt: ask.during.endsAt, eligibility: desk.eligibility(known.id, ask.asker), causeKind: ask.cause.kind, causeId: ask.cause.id,
    heldUntil: ask.heldUntil, takenUpAt: null, endedAt: null,
  };
  desk.promise(claim);
  if (old) standing.delete(old.id);
  if (ask.spaceId !== null) spaces.promise(claim, old?.id ?? null);
  return done({ claimId: claim.id, zoneId, windowIds: [...new Set(windows.map(window => window.windowId))], provisional: windows.some(window => window.provisional) });
}

/** Ids in the order of the asks also within a millisecond: who gives way first is told by them. */
function claimId(now: number, nth: number): string {
  const random = drawBytes(10);
  random[0] = (nth >> 8) & 0x0f;
  random[1] = nth & 0xff;
  return newId('claim', now, random);
}

/** A hold stands until its instant though nobody ended it. */
export function stands(claim: Pick<ClaimRow, 'endedAt' | 'heldUntil'>, now: number): boolean {
  return claim.endedAt === null && (claim.heldUntil === null || claim.heldUntil > now);
}

function claimEnded(claimId: string): Problem {
  return problem('CLAIM_ENDED', { zh: `占用承诺 ${claimId} 已终止或不存在`, en: `the claim ${claimId} has ended, or there is none` });
}

export function spanOf(spans: readonly Span[]): Span {
  let startsAt = Number.POSITIVE_INFINITY;
  let endsAt = Number.NEGATIVE_INFINITY;
  for (const span of spans) {
    startsAt = Math.min(startsAt, span.startsAt);
    endsAt = Math.max(endsAt, span.endsAt);
  }
  return { startsAt, endsAt };
}

import { problem, spans, type Problem, type Span } from '../kernel/index.js';
import type { Sql, Unit } from '../platform/index.js';
import type { StayAsk } from './claim.js';
import { listClaimsOfSpaces, listNumbered, type ClaimRow, type NumberedRow } from './claim.sql.js';
import type { ClaimDesk } from './claim-desk.js';
import { rounded } from './rules/claim-grain.js';

/** The reason of a hold that ended by its own time. */
export const EXPIRED = 'EXPIRED';
/** What is announced of holds that ended by their time: {claims: [{claimId, causeKind, causeId}]}. */
export const HOLD_ENDED_TOPIC = 'claim.holdEnded';

/** Numbered spaces that are asked for by themselves, and what is promised of them (2.6-5). The database's constraint stands behind. */
export class NumberedSpaces {
  readonly #spaces: ReadonlyMap<string, NumberedRow>;
  readonly #claims = new Map<string, ClaimRow[]>();
  /** Holds that ended by time but stand in the way of the constraint, which reads no clock. */
  readonly #expired = new Map<string, ClaimRow>();

  private constructor(spaces: readonly NumberedRow[], claims: readonly ClaimRow[]) {
    this.#spaces = new Map(spaces.map(space => [space.id, space]));
    for (const claim of claims) this.#of(claim.spaceId!).push(claim);
  }

  /** Reads the spaces and what stands of them over a span; nothing where none is asked for. */
  static async read(sql: Sql, spaceIds: readonly string[], during: Span): Promise<NumberedSpaces> {
    const ids = [...new Set(spaceIds)];
    if (ids.length === 0) return new NumberedSpaces([], []);
    const whole = rounded(during);
    return new NumberedSpaces(await listNumbered(sql, ids), await listClaimsOfSpaces(sql, ids, whole));
  }

  #of(spaceId: string): ClaimRow[] {
    const claims = this.#claims.get(spaceId);
    if (claims) return claims;
    const none: ClaimRow[] = [];
    this.#claims.set(spaceId, none);
    return none;
  }

  /** The pool of a numbered space, and why it cannot be had; `besides` is a claim that makes way. */
  find(ask: Pick<StayAsk, 'facilityId' | 'zoneIds' | 'spaceId' | 'spaceClass' | 'during'>, besides: string | null, now: number): { readonly zoneIds: readonly string[]; readonly problem: Problem | null } {
    const space = this.#spaces.get(ask.spaceId!);
    if (!space || space.facilityId !== ask.facilityId || space.spaceClass !== ask.spaceClass || (ask.zoneIds !== null && !ask.zoneIds.includes(space.zoneId))) {
      return { zoneIds: [], problem: problem('SPACE_UNKNOWN', { zh: `该设施没有编号为 ${ask.spaceId} 的此类泊位`, en: `the facility has no ${ask.spaceClass} space ${ask.spaceId}`, field: 'spaceId' }) };
    }
    const zoneIds = [space.zoneId];
    if (!space.inService) {
      return { zoneIds, problem: problem('SPACE_OUT_OF_SERVICE', { zh: `泊位 ${space.number} 已停用`, en: `space ${space.number} is out of service`, clause: '4.5-2', field: 'spaceId' }) };
    }
    const during = rounded(ask.during);
    const inTheWay = this.#of(space.id).filter(claim => claim.id !== besides && spans.overlaps(claim, during));
    const taken = inTheWay.filter(claim => claim.heldUntil === null || claim.heldUntil > now);
    if (taken.length === 0) {
      for (const claim of inTheWay) this.#expired.set(claim.id, claim);
      return { zoneIds, problem: null };
    }
    const at = Math.max(ask.during.startsAt, Math.min(...taken.map(claim => claim.startsAt)));
    return { zoneIds, problem: problem('SPACE_TAKEN', { zh: `泊位 ${space.number} 在该时段已被预留`, en: `space ${space.number} is promised to another within the interval`, field: 'spaceId', data: { freeSpaces: 0, at, firstConflict: at } }) };
  }

  /** Notes what was promised just now, for the asks that follow. */
  promise(claim: ClaimRow, besides: string | null): void {
    const claims = this.#of(claim.spaceId!);
    this.#claims.set(claim.spaceId!, [...claims.filter(each => each.id !== besides), claim]);
  }

  /** Ends the holds that only stood in the constraint's way. */
  endExpired(unit: Unit, desk: ClaimDesk): void {
    const expired = [...this.#expired.values()];
    if (expired.length === 0) return;
    for (const claim of expired) desk.giveBack(claim, EXPIRED);
    unit.announce(HOLD_ENDED_TOPIC, { claims: expired.map(({ id, causeKind, causeId }) => ({ claimId: id, causeKind, causeId })) });
  }
}

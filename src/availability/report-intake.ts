import { delegationHolds, delegationsTo, may } from '../identity/index.js';
import { formatInstant } from '../platform/graphql/index.js';
import type { Gathered, Unit, Viewer } from '../platform/index.js';
import { countReceipts, feedsOf, type FeedHead } from './feed.sql.js';
import { insertFindings, type NewFinding } from './finding.sql.js';
import { lockLive, type LiveRow } from './live-rows.js';
import type { CountInForce } from './rules/live-state.js';
import { findReported, type NamedFacilities } from './report-facts.js';
import { VERDICT_OF, misplaced, mistimed, zoneKeyOf, type PlaceTold, type Remark, type ReportReason, type ReportedFacility } from './rules/report-verdict.js';

/** One call of a reporting mutation. */
export interface ReportCall<Told extends PlaceTold> {
  /** For whom it reports: the feed is this party's. */
  readonly partyId: string;
  readonly feed: string;
  /** The register whose codes the call uses; null where it uses none. */
  readonly register: string | null;
  readonly told: readonly Told[];
}

/** What was not simply accepted, by its index: all that an answer must keep. */
export type Exception = readonly [index: number, reason: ReportReason, detail: number | string | null];

/** The kept answer of one call: plain JSON. Every report without an exception was accepted. */
export interface ReportAnswer {
  readonly exceptions: readonly Exception[];
}

/** A report whose place, party and time are right. */
export interface Placed<Told extends PlaceTold> {
  readonly part: number;
  readonly index: number;
  readonly told: Told;
  readonly facility: ReportedFacility;
  readonly zoneKey: string;
  readonly feed: FeedHead;
}

/** What is particular to one kind of report: its own shape, and what it asks of its facility's zone. */
export interface KindRules<Told extends PlaceTold> {
  readonly misshapen: (told: Told) => Remark | null;
  readonly misfit: (told: Told, facility: ReportedFacility, zoneKey: string) => Remark | null;
}

/** The most findings of one hour that one feed is given; what comes beyond is only counted. */
export const FINDINGS_AN_HOUR = 1_000;

/**
 * What every kind of report has in common, for several calls in one transaction. The order of its locks is that of
 * everybody who writes here, so that no two wait for each other: new feeds, live rows, feeds, and last the log, which
 * `storeCounts` takes.
 */
export class Intake<Told extends PlaceTold> {
  readonly placed: Array<Placed<Told>> = [];
  readonly #exceptions: Exception[][];
  readonly #findings = new Map<string | number, NewFinding>();
  #rows: readonly LiveRow[] = [];
  #rowOf = new Map<string, LiveRow>();

  private constructor(
    private readonly unit: Unit,
    private readonly parts: ReadonlyArray<Gathered<ReportCall<Told>>>,
    private readonly feeds: readonly FeedHead[],
  ) {
    this.#exceptions = parts.map(() => []);
  }

  /** Judges what can be judged of each report alone, and locks the live rows of the facilities of those that pass. */
  static async open<Told extends PlaceTold>(unit: Unit, parts: ReadonlyArray<Gathered<ReportCall<Told>>>, rules: KindRules<Told>): Promise<Intake<Told>> {
    const intake = new Intake(unit, parts, await feedsOfParts(unit, parts));
    await intake.#place(rules);
    const ids = [...new Set(intake.placed.map(({ facility }) => facility.id))].sort();
    intake.#rows = ids.length === 0 ? [] : await lockLive(unit, ids);
    for (const row of intake.#rows) intake.#rowOf.set(`${row.facilityId} ${row.spaceClass}`, row);
    return intake;
  }

  /** Every locked row. */
  get rows(): readonly LiveRow[] {
    return this.#rows;
  }

  /** The live row of a class of a facility; null where the facility has none of it. */
  rowOf(facilityId: string, spaceClass: string): LiveRow | null {
    return this.#rowOf.get(`${facilityId} ${spaceClass}`) ?? null;
  }

  async #place({ misshapen, misfit }: KindRules<Told>): Promise<void> {
    const { now } = this.unit;
    const facilities = await this.#facilities();
    const principals = await this.#principals(facilities);
    this.parts.forEach(({ item: { partyId, register, told: all }, viewer }, part) => {
      const feed = this.feeds[part]!;
      const mayReport = new Map<ReportedFacility, boolean>();
      all.forEach((told, index) => {
        const wrong = misplaced(told, register);
        if (wrong) return this.#refuse(part, index, null, wrong);
        const facility = namedBy(told, register, facilities);
        if (!facility) return this.#refuse(part, index, null, { reason: 'UNKNOWN_FACILITY', detail: null });
        let isAllowed = mayReport.get(facility);
        if (isAllowed === undefined) mayReport.set(facility, (isAllowed = mayReportFor(viewer, partyId, principals[part]!, facility)));
        if (!isAllowed) return this.#refuse(part, index, facility, { reason: 'WRONG_PARTY', detail: partyId });
        const unsound = misshapen(told);
        if (unsound) return this.#refuse(part, index, facility, unsound);
        const zoneKey = zoneKeyOf(told.zoneCode, facility);
        if (typeof zoneKey !== 'string') return this.#refuse(part, index, facility, zoneKey);
        const unfit = misfit(told, facility, zoneKey) ?? mistimed(told.observedAt, now);
        if (unfit) return this.#refuse(part, index, facility, unfit);
        this.placed.push({ part, index, told, facility, zoneKey, feed });
      });
    });
  }

  /** Whom the party of each call reports for by delegation (I12): asked only where a call names what is not its own. */
  async #principals(facilities: NamedFacilities): Promise<ReadonlyArray<ReadonlySet<string>>> {
    const principals: Array<ReadonlySet<string>> = [];
    for (const { item: { partyId, register, told: all }, viewer } of this.parts) {
      const owners = new Set<string>();
      for (const told of all) {
        const facility = misplaced(told, register) ? null : namedBy(told, register, facilities);
        if (facility && !facility.partyIds.includes(partyId)) for (const owner of facility.partyIds) owners.add(owner);
      }
      principals.push(owners.size === 0 ? NOBODY : await principalsOf(this.unit, viewer, partyId, [...owners]));
    }
    return principals;
  }

  #facilities(): ReturnType<typeof findReported> {
    const ids = new Set<string>();
    const codes = new Map<string, { register: string; code: string }>();
    for (const { item: { register, told: all } } of this.parts) {
      for (const { facilityId, facilityCode } of all) {
        if (facilityId != null) ids.add(facilityId);
        else if (facilityCode != null && register !== null) codes.set(`${register}\0${facilityCode}`, { register, code: facilityCode });
      }
    }
    return findReported(this.unit, ids, [...codes.values()]);
  }

  /** Says why a placed report was not simply accepted. */
  remark({ part, index, facility }: Pick<Placed<Told>, 'part' | 'index' | 'facility'>, remark: Remark): void {
    this.#refuse(part, index, facility, remark);
  }

  #refuse(part: number, index: number, facility: ReportedFacility | null, { reason, detail }: Remark): void {
    this.#exceptions[part]!.push([index, reason, detail]);
    if (VERDICT_OF[reason] !== 'QUARANTINED') return;
    const { told, register } = this.parts[part]!.item;
    const { observedAt } = told[index]!;
    this.find({ kind: 'QUARANTINED', reason, feedId: this.feeds[part]!.id, city: facility?.city ?? null, facilityId: facility?.id ?? null, observedAt, subject: null, times: 1, raw: { ...asTold(told[index]!), register, detail } });
  }

  /** Notes a finding; several of one subject are one. */
  find(finding: NewFinding): void {
    const key = finding.subject === null ? this.#findings.size : `${finding.feedId} ${finding.kind} ${finding.subject}`;
    const known = this.#findings.get(key);
    this.#findings.set(key, known ? { ...known, times: known.times + finding.times } : finding);
  }

  /** Writes findings and counts of the feeds; answers what each call is told. Everything of these rows but their figures must be written before. */
  async close(): Promise<ReportAnswer[]> {
    const { unit } = this;
    const receipts = this.#receipts();
    const before = await countReceipts(unit, receipts, unit.now);
    const room = new Map(receipts.map(({ feedId }) => [feedId, FINDINGS_AN_HOUR - (before.get(feedId) ?? 0)]));
    const kept = [...this.#findings.values()].filter(({ feedId }) => {
      const left = room.get(feedId) ?? FINDINGS_AN_HOUR;
      room.set(feedId, left - 1);
      return left > 0;
    });
    await insertFindings(unit, kept, unit.now);
    return this.#exceptions.map(exceptions => ({ exceptions: exceptions.sort(([a], [b]) => a - b) }));
  }

  #receipts(): Array<Parameters<typeof countReceipts>[1][number]> {
    const receipts = new Map<string, { feedId: string; accepted: number; ignored: number; quarantined: number; findings: number; observedAt: number | null }>();
    this.parts.forEach(({ item: { told } }, part) => {
      const feedId = this.feeds[part]!.id;
      const receipt = receipts.get(feedId) ?? { feedId, accepted: 0, ignored: 0, quarantined: 0, findings: 0, observedAt: null };
      receipts.set(feedId, receipt);
      receipt.accepted += told.length;
      for (const [, reason] of this.#exceptions[part]!) {
        const verdict = VERDICT_OF[reason];
        if (verdict === 'ACCEPTED') continue;
        receipt.accepted -= 1;
        receipt[verdict === 'IGNORED' ? 'ignored' : 'quarantined'] += 1;
      }
    });
    for (const { feed, told } of this.placed) {
      const receipt = receipts.get(feed.id)!;
      receipt.observedAt = Math.max(receipt.observedAt ?? 0, told.observedAt);
    }
    for (const { feedId } of this.#findings.values()) {
      const receipt = receipts.get(feedId);
      if (receipt) receipt.findings += 1;
    }
    return [...receipts.values()].sort((a, b) => (a.feedId < b.feedId ? -1 : 1));
  }
}

/** The counts of rows as they come to stand, one report after the other. */
export class Counts {
  readonly changed = new Map<LiveRow, readonly CountInForce[]>();

  of(row: LiveRow): readonly CountInForce[] {
    return this.changed.get(row) ?? row.counts;
  }

  put(row: LiveRow, counts: readonly CountInForce[]): void {
    if (counts !== this.of(row)) this.changed.set(row, counts);
  }
}

async function feedsOfParts<Told extends PlaceTold>(unit: Unit, parts: ReadonlyArray<Gathered<ReportCall<Told>>>): Promise<FeedHead[]> {
  const keyOf = (partyId: string, name: string): string => `${partyId} ${name}`;
  const names = new Map(parts.map(({ item: { partyId, feed } }) => [keyOf(partyId, feed), { partyId, name: feed }]));
  const feeds = new Map((await feedsOf(unit, [...names.values()], unit.now)).map(feed => [keyOf(feed.partyId, feed.name), feed]));
  return parts.map(({ item: { partyId, feed } }) => feeds.get(keyOf(partyId, feed))!);
}

/** A report as its source told it: instants in the text of RFC 3339, not in the numbers that we reckon with. */
export function asTold(told: PlaceTold): object {
  return { ...told, observedAt: formatInstant(told.observedAt) };
}

const NOBODY: ReadonlySet<string> = new Set();

function namedBy({ facilityId, facilityCode }: PlaceTold, register: string | null, facilities: NamedFacilities): ReportedFacility | null {
  return facilityId != null ? facilities.byId(facilityId) : facilities.byCode(register!, facilityCode!);
}

/** Of these parties those that let this one report for them at this very instant (3.5-1). */
async function principalsOf(unit: Unit, viewer: Viewer, partyId: string, principalIds: readonly string[]): Promise<ReadonlySet<string>> {
  const delegations = await delegationsTo(unit, viewer, { action: 'occupancy:report', principalIds, at: unit.now });
  return new Set(delegations.filter(each => each.agentPartyId === partyId && delegationHolds(each, 'REPORT', unit.now)).map(each => each.principalPartyId));
}

/** A feed's party reports for what it owns, manages or operates, itself or by delegation, and only where its own right reaches (3.6-3). */
function mayReportFor(viewer: Viewer, partyId: string, principals: ReadonlySet<string>, { partyIds, jurisdictionCodes }: ReportedFacility): boolean {
  return (partyIds.includes(partyId) || partyIds.some(id => principals.has(id))) && may(viewer, 'occupancy:report', { partyId, jurisdictionCode: jurisdictionCodes });
}

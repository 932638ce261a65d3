import { done, problem, refuse, type Outcome, type PatternContext, type Span } from '../../kernel/index.js';
import type { SpaceClass } from '../../facilities/index.js';
import { CapBook } from './cap-lines.js';
import { HoursWalk, hoursOf, type LocalHours } from './local-hours.js';
import { goesOnRunning } from './running-band.js';
import type { PricedPart } from './stay-price.js';
import type { TariffBand, TariffVersion } from './tariff.js';

/** A stretch of a stay under one band of one version, not cut any further. */
export interface Stretch extends Span {
  readonly part: PricedPart;
  /** Null where the part has no tariff. */
  readonly reading: VersionReading | null;
  readonly band: TariffBand | null;
  /** The occurrence of the band's hours; null where the band holds always, or there is none. */
  readonly hours: LocalHours | null;
  readonly isFree: boolean;
}

/** One version of a tariff, or one agreement's terms, read for one stay: who speaks when. */
export class VersionReading {
  readonly caps: CapBook;
  /** The tariff or the agreement: what is asked once a stay is asked once of it, whatever its version. */
  readonly owner: string;
  readonly #bands: ReadonlyArray<{ readonly band: TariffBand; readonly hours: readonly LocalHours[] | null; readonly walk: HoursWalk | null }>;

  constructor(part: PricedPart, readonly version: TariffVersion, stay: Span, spaceClass: SpaceClass, context: PatternContext) {
    const { bands } = version.terms;
    // Only the time in which it holds is read: a tariff that was revised often costs no more to read than one that never was.
    const during = holdsDuring(version, part.versions, stay);
    this.owner = ownerOf(part);
    this.caps = new CapBook(version.terms, { stay, during }, context);
    this.#bands = bands.filter(each => each.spaceClasses === null || each.spaceClasses.includes(spaceClass)).map(band => {
      const hours = band.when && hoursOf(band.when, during, context);
      return { band, hours, walk: hours && new HoursWalk(hours) };
    });
  }

  /** The instants at which another band may begin to speak, or a cap's period begins or ends. */
  edges(): readonly number[] {
    return [...this.#bands.flatMap(({ hours }) => (hours ?? []).flatMap(each => [each.startsAt, each.endsAt])), ...this.caps.edges];
  }

  /** The band that speaks of an instant: the first of the list whose hours it lies in. */
  bandAt(at: number): { readonly band: TariffBand | null; readonly hours: LocalHours | null } {
    for (const { band, walk } of this.#bands) {
      const within = walk === null ? null : walk.at(at);
      if (walk === null || within !== null) return { band, hours: within };
    }
    return { band: null, hours: null };
  }
}

export function ownerOf({ tariffId, agreementId }: PricedPart): string {
  return agreementId ?? tariffId ?? '';
}

/** The version in force at an instant: of those that hold by then the highest; null where none does yet. */
export function versionAt<Version extends Pick<TariffVersion, 'version' | 'inForceFrom'>>(versions: readonly Version[], at: number): Version | null {
  return versions.reduce<Version | null>((best, each) => (each.inForceFrom <= at && (best === null || each.version > best.version) ? each : best), null);
}

/** The part of a stay in which a version is in force: from its instant until a higher one's. */
function holdsDuring({ version, inForceFrom }: TariffVersion, versions: readonly TariffVersion[], stay: Span): Span {
  const until = versions.reduce((least, each) => (each.version > version ? Math.min(least, each.inForceFrom) : least), stay.endsAt);
  return { startsAt: Math.max(stay.startsAt, inForceFrom), endsAt: until };
}

/**
 * Cuts a stay at every edge that its price knows: parts, versions, band hours, periods of caps, the end of the free minutes (I8).
 * Refuses time before the first version of its tariff.
 */
export function cutStay(parts: readonly PricedPart[], spaceClass: SpaceClass, context: PatternContext): Outcome<readonly Stretch[]> {
  const first = parts[0];
  if (first === undefined) return done([]);
  const stay = { startsAt: first.during.startsAt, endsAt: parts.at(-1)!.during.endsAt };
  const free = freeUntil(first, stay);
  const readings = new Map<string, VersionReading>();
  const stretches: Stretch[] = [];
  const blocks = new RunningBlocks();
  for (const part of parts) {
    const { startsAt, endsAt } = part.during;
    const mayBeFree = ownerOf(part) === ownerOf(first);
    if (part.versions.length === 0) stretches.push({ part, startsAt, endsAt, reading: null, band: null, hours: null, isFree: false });
    const versionEdges = part.versions.map(each => each.inForceFrom);
    for (const span of cutAt(part.versions.length === 0 ? null : part.during, versionEdges)) {
      const version = versionAt(part.versions, span.startsAt);
      if (version === null) return refuse(notInForce(part));
      const name = `${ownerOf(part)}@${version.version}`;
      const reading = readings.get(name) ?? new VersionReading(part, version, stay, spaceClass, context);
      readings.set(name, reading);
      const edges = [...reading.edges(), ...(mayBeFree ? [free] : [])];
      for (const piece of cutAt(span, edges)) {
        const isFree = mayBeFree && piece.startsAt < free;
        const spoken = isFree ? [spokenBy(reading.bandAt(piece.startsAt), piece.startsAt, piece.endsAt)] : blocks.speakersOf(piece, reading);
        for (const { startsAt: from, endsAt: until, band, hours } of spoken) stretches.push({ part, reading, startsAt: from, endsAt: until, band, hours, isFree });
      }
    }
  }
  return done(stretches);
}

type Spoken = Span & Pick<Stretch, 'band' | 'hours'>;

// Written out, as all that is made of every piece of a stay: of a long one under many bands there are tens of thousands.
function spokenBy({ band, hours }: Pick<Stretch, 'band' | 'hours'>, startsAt: number, endsAt: number): Spoken {
  return { startsAt, endsAt, band, hours };
}

/** Which block is running: where a tariff lets begun blocks run out, its band goes on speaking to the block's end. */
class RunningBlocks {
  #last: Spoken | null = null;
  #reading: VersionReading | null = null;
  #runsFrom = 0;

  /** Who speaks of a piece that no edge divides: first a block that is still running, then the band of its hours. */
  speakersOf({ startsAt, endsAt }: Span, reading: VersionReading): readonly Spoken[] {
    const until = Math.min(this.#runsUntil(startsAt, reading), endsAt);
    if (until <= startsAt) return [this.#note(spokenBy(reading.bandAt(startsAt), startsAt, endsAt), reading)];
    const running = this.#note(spokenBy(this.#last!, startsAt, until), reading);
    return until < endsAt ? [running, this.#note(spokenBy(reading.bandAt(startsAt), until, endsAt), reading)] : [running];
  }

  #runsUntil(at: number, reading: VersionReading): number {
    const last = this.#last;
    const price = last?.band?.price;
    if (last === null || last.endsAt !== at || this.#reading !== reading || price?.kind !== 'PER_BLOCK' || reading.version.terms.blocksAtEdges === 'ANEW') return at;
    const block = price.blockMinutes * 60_000;
    return this.#runsFrom + Math.ceil((at - this.#runsFrom) / block) * block;
  }

  #note(spoken: Spoken, reading: VersionReading): Spoken {
    const last = this.#last;
    const goesOn = last !== null && last.endsAt === spoken.startsAt && goesOnRunning({ reading: this.#reading, band: last.band }, { reading, band: spoken.band });
    if (!goesOn) this.#runsFrom = spoken.startsAt;
    this.#last = spoken;
    this.#reading = reading;
    return spoken;
  }
}

/** Until when the first tariff's free minutes reach: once a stay, on its own time (I8). A grace that the stay outlasts is none. */
function freeUntil({ versions }: PricedPart, { startsAt, endsAt }: Span): number {
  const free = versionAt(versions, startsAt)?.terms.freeMinutes ?? null;
  if (free === null) return startsAt;
  const until = startsAt + free.minutes * 60_000;
  return free.kind === 'GRACE' && until < endsAt ? startsAt : until;
}

/** A span in its pieces between these instants; null has none. */
function cutAt(span: Span | null, edges: readonly number[]): readonly Span[] {
  if (span === null) return [];
  const within = Float64Array.from(edges.filter(at => span.startsAt < at && at < span.endsAt)).sort();
  const pieces: Span[] = [];
  let startsAt = span.startsAt;
  for (const at of within) {
    if (at === startsAt) continue;
    pieces.push({ startsAt, endsAt: at });
    startsAt = at;
  }
  pieces.push({ startsAt, endsAt: span.endsAt });
  return pieces;
}

function notInForce({ tariffId, versions }: PricedPart) {
  const from = new Date(Math.min(...versions.map(each => each.inForceFrom))).toISOString();
  return problem('TARIFF_NOT_IN_FORCE', { zh: `收费标准 ${tariffId} 自 ${from} 起施行，此前的时段无法计价`, en: `the tariff ${tariffId} is in force from ${from}; time before that has no price`, data: { tariffId, inForceFrom: from } });
}

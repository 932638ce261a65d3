/** What one reader was told of one facility, as the stream writes it. */
interface ToldAvailability {
  readonly facilityId: string;
  readonly version: string;
  readonly precision: string;
  readonly classes: ReadonlyArray<{ readonly spaceClass: string; readonly state: string; readonly free: number | null }>;
}

/** The events of the stream, as far as the promises speak of them. */
export type ToldEvent =
  | { readonly __typename: 'AvailabilitySnapshot'; readonly cursor: string; readonly part: number; readonly isLast: boolean; readonly facilities: readonly ToldAvailability[] }
  | { readonly __typename: 'AvailabilityChange'; readonly cursor: string; readonly coalescedVersions: number; readonly availability: ToldAvailability }
  | { readonly __typename: 'FacilityLeft'; readonly cursor: string; readonly facilityId: string }
  | { readonly __typename: 'ResyncRequired'; readonly cursor: string; readonly reason: string };

/**
 * A reader that believes what it is told and resumes from the newest cursor of any event, as the simplest of clients
 * does; and a judge of the promises: versions only grow, none is told twice, and each that was not told is either said to
 * be merged or covered by a snapshot (G10, G11).
 */
export class Told {
  cursor: string | null = null;
  readonly facilities = new Map<string, ToldAvailability>();
  /** Each broken promise, in words. Empty, or the server broke its word. */
  readonly broken: string[] = [];
  changes = 0;
  merged = 0;
  snapshots = 0;
  resyncs = 0;
  #parts: Map<string, ToldAvailability> | null = null;
  #mustBegin = true;

  take(event: ToldEvent): void {
    this.cursor = event.cursor;
    if (event.__typename === 'AvailabilitySnapshot') return this.#snapshot(event);
    if (event.__typename === 'ResyncRequired') {
      this.resyncs += 1;
      this.#mustBegin = true;
      return;
    }
    if (this.#mustBegin) this.broken.push(`${event.__typename} before the first snapshot was whole`);
    if (event.__typename === 'FacilityLeft') return void this.facilities.delete(event.facilityId);
    this.#change(event);
  }

  /** The connection broke: half a snapshot is none. */
  interrupt(): void {
    if (this.#parts) this.#mustBegin = true;
    this.#parts = null;
  }

  /** Each facility with its version and figures, in the order of the ids. */
  figures(): readonly string[] {
    return [...this.facilities.values()].map(figureOf).sort();
  }

  #snapshot({ part, isLast, facilities }: ToldEvent & { __typename: 'AvailabilitySnapshot' }): void {
    if ((part === 1) !== (this.#parts === null)) this.broken.push(`part ${part} of a snapshot out of turn`);
    this.#parts ??= new Map();
    for (const each of facilities) {
      const known = this.facilities.get(each.facilityId);
      if (known && known.precision === each.precision && Number(each.version) < Number(known.version)) this.broken.push(`a snapshot took ${each.facilityId} back from ${known.version} to ${each.version}`);
      this.#parts.set(each.facilityId, each);
    }
    if (!isLast) return;
    this.facilities.clear();
    for (const [id, each] of this.#parts) this.facilities.set(id, each);
    this.#parts = null;
    this.#mustBegin = false;
    this.snapshots += 1;
  }

  #change({ availability, coalescedVersions }: ToldEvent & { __typename: 'AvailabilityChange' }): void {
    const known = this.facilities.get(availability.facilityId);
    this.facilities.set(availability.facilityId, availability);
    this.changes += 1;
    this.merged += coalescedVersions;
    if (!known || known.precision !== availability.precision) return;
    const unseen = Number(availability.version) - Number(known.version) - 1;
    if (unseen < 0) this.broken.push(`${availability.facilityId} went from version ${known.version} to ${availability.version}`);
    // Of a compound the public is told bands, a quarter of an hour late: its versions grow, and may skip after a cut.
    if (availability.precision === 'EXACT' && unseen > coalescedVersions) this.broken.push(`${availability.facilityId}: ${unseen} versions before ${availability.version} neither came nor were said to be merged (${coalescedVersions} were)`);
  }
}

/** One facility as it is compared: its version and what stands of each class. */
export function figureOf({ facilityId, version, precision, classes }: ToldAvailability): string {
  return `${facilityId} ${version} ${precision} ${classes.map(({ spaceClass, state, free }) => `${spaceClass}=${state}/${free}`).join(' ')}`;
}

import { problem } from '../../kernel/index.js';
import { DraftChecks } from './draft-checks.js';
import type { CitySetting, DraftCoordinate, Point } from './facility-draft.js';
import { KEY_PLACE_KIND_WORDS, SHUTTLE_MODE_WORDS, type KeyPlaceKind, type ShuttleMode } from './words.js';

interface Told {
  readonly source: string;
  readonly sourceCode: string;
  readonly observedOn: string;
  readonly name: string;
  readonly synthetic?: boolean;
}

/** A key place as a source tells it (1-3). */
export interface KeyPlaceDraft extends Told {
  readonly city: string;
  readonly kind: KeyPlaceKind;
  readonly coordinate: DraftCoordinate;
}

export interface ShuttleDraft {
  readonly mode: ShuttleMode;
  readonly name: string;
  /** Where it takes people: a key place, a point, or a key place with the stop's own point. */
  readonly toKeyPlaceId?: string | null;
  readonly to?: DraftCoordinate | null;
  readonly headwayMinutes: number;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly rideMinutes: number;
  readonly walkMinutesAtEnd: number;
  readonly validFromOn: string;
  readonly validUntilOn?: string | null;
}

/** A hub as a source tells it, with its shuttles (2.1-8, 2.1-9). */
export interface HubDraft extends Told {
  readonly facilityId: string;
  readonly shuttles: readonly ShuttleDraft[];
}

/** All that is wrong with a key place as told, and its place. */
export function checkKeyPlace(draft: KeyPlaceDraft, setting: CitySetting): { readonly checks: DraftChecks; readonly location: Point | null } {
  const checks = checkTold(draft);
  checks.word(KEY_PLACE_KIND_WORDS, draft.kind, 'kind');
  return { checks, location: checks.point(draft.coordinate, setting.box, 'coordinate') };
}

/** All that is wrong with a hub as told, and where each shuttle ends: null where that is its key place. */
export function checkHub(draft: HubDraft, setting: CitySetting): { readonly checks: DraftChecks; readonly ends: ReadonlyArray<Point | null> } {
  const checks = checkTold(draft);
  if (draft.shuttles.length === 0) {
    checks.add(problem('SHUTTLE_MISSING', { zh: '接驳点须至少有一条接驳服务', en: 'a hub has at least one shuttle', field: 'shuttles', clause: '2.1-9' }));
  }
  const ends = draft.shuttles.map((shuttle, i) => checkShuttle(checks, shuttle, `shuttles[${i}]`, setting));
  return { checks, ends };
}

function checkShuttle(checks: DraftChecks, shuttle: ShuttleDraft, field: string, setting: CitySetting): Point | null {
  checks.word(SHUTTLE_MODE_WORDS, shuttle.mode, `${field}.mode`);
  checks.text(shuttle.name, `${field}.name`, 100);
  checks.count(shuttle.headwayMinutes, `${field}.headwayMinutes`, { least: 1, most: 1_440 });
  checks.count(shuttle.firstAt, `${field}.firstAt`, { most: 1_440 });
  checks.count(shuttle.lastAt, `${field}.lastAt`, { least: shuttle.firstAt, most: 1_440 });
  checks.count(shuttle.rideMinutes, `${field}.rideMinutes`, { most: 600 });
  checks.count(shuttle.walkMinutesAtEnd, `${field}.walkMinutesAtEnd`, { most: 600 });
  checks.date(shuttle.validFromOn, `${field}.validFromOn`);
  const until = checks.optionalDate(shuttle.validUntilOn, `${field}.validUntilOn`);
  if (until !== null && until <= shuttle.validFromOn) {
    checks.add(problem('VALIDITY_EMPTY', { zh: `停运之日 ${until} 须晚于开行首日 ${shuttle.validFromOn}`, en: `${until} must be later than the first day, ${shuttle.validFromOn}`, field: `${field}.validUntilOn` }));
  }
  if (shuttle.toKeyPlaceId == null && !shuttle.to) {
    checks.add(problem('MISSING', { zh: `${field} 须指明到达的重点区域或坐标`, en: `${field} needs a key place or a point where it ends`, field: `${field}.to` }));
  }
  return shuttle.to ? checks.point(shuttle.to, setting.box, `${field}.to`) : null;
}

function checkTold(draft: Told): DraftChecks {
  const checks = new DraftChecks();
  checks.text(draft.source, 'source', 100);
  checks.text(draft.sourceCode, 'sourceCode', 100);
  checks.text(draft.name, 'name');
  checks.date(draft.observedOn, 'observedOn');
  return checks;
}

import type { CoordinateBox, Crs } from '../../kernel/index.js';
import type { FacilityStatus } from './status.js';
import type { EntranceKind, FacilityCategory, ManagementMode, Ownership, RegistrationStatus, ResourceKind, Sector, SpaceAttribute, SpaceClass, SpaceStatus } from './words.js';

/** A place as a source tells it; its coordinate system is never guessed (P5). */
export interface DraftCoordinate {
  readonly longitude: number;
  readonly latitude: number;
  readonly crs: Crs;
}

/** A party by our id, or by the name that a source gave it. */
export type PartyReference = { readonly id: string } | { readonly source: string; readonly code: string };

export interface CapacityDraft {
  readonly spaceClass: SpaceClass;
  readonly total: number;
  /** null: not found out yet. */
  readonly shareable?: number | null;
  /** null or absent: the source says nothing of it, and what we know stays. */
  readonly outOfService?: number | null;
}

export interface SpaceDraft {
  readonly number: string;
  readonly spaceClass: SpaceClass;
  readonly attributes?: readonly SpaceAttribute[];
  readonly coordinate?: DraftCoordinate | null;
  readonly status?: SpaceStatus;
}

export interface ZoneDraft {
  /** Unique in the facility; 'MAIN' by default. */
  readonly code?: string;
  readonly name?: string;
  /** May be absent where spaces are listed: the counts are then derived from them (C12). */
  readonly capacity?: readonly CapacityDraft[];
  readonly spaces?: readonly SpaceDraft[];
}

export interface EntranceDraft {
  readonly kind: EntranceKind;
  readonly name?: string | null;
  readonly coordinate: DraftCoordinate;
}

/** A facility as one source tells it on one day, in plain JSON: what an import row, a mutation or the demo hands in. */
export interface FacilityDraft {
  /** Code of the root jurisdiction, such as '350500'; kept for life. */
  readonly city: string;
  readonly source: string;
  readonly sourceCode: string;
  /** ISO date of the survey or correction; an older one never overwrites a newer one. */
  readonly observedOn: string;
  /** Public code, unique in the city; derived from source and code where absent. */
  readonly code?: string | null;
  readonly name: string;
  readonly address?: string | null;
  readonly category: FacilityCategory;
  readonly sector: Sector;
  readonly sectorReason?: string | null;
  readonly resourceKind: ResourceKind;
  readonly ownership?: Ownership | null;
  readonly managementMode?: ManagementMode | null;
  readonly owner?: PartyReference | null;
  readonly manager?: PartyReference | null;
  readonly operator?: PartyReference | null;
  /** Administrative division; found by its boundary where absent. */
  readonly jurisdictionCode?: string | null;
  /** Reporting unit; derived from the division where absent (G8). */
  readonly reportingUnitCode?: string | null;
  readonly coordinate: DraftCoordinate;
  readonly zoneName?: string | null;
  /** Minutes of the day, Monday to Sunday; null on a day without a known closing time. */
  readonly closesAtMinutes?: ReadonlyArray<number | null> | null;
  readonly planningRequiredSpaces?: number | null;
  readonly registration?: { readonly no: string; readonly issuedBy?: string | null; readonly validToOn?: string | null; readonly status: RegistrationStatus } | null;
  readonly insured?: boolean | null;
  readonly militaryLinked?: boolean;
  readonly restricted?: boolean;
  readonly civilDefence?: boolean | null;
  readonly cameraCovered?: boolean | null;
  /** Absent: the state that we hold stays; a new facility is OPEN. */
  readonly status?: FacilityStatus | null;
  readonly statusReason?: string | null;
  readonly acceptanceRequired?: boolean;
  readonly acceptance?: { readonly reference: string; readonly acceptedOn?: string | null } | null;
  readonly zones: readonly ZoneDraft[];
  readonly entrances?: readonly EntranceDraft[];
  readonly synthetic?: boolean;
}

/** What is configured for a city: where its places may lie (G2), and its time zone. */
export interface CitySetting {
  readonly city: string;
  readonly box: CoordinateBox;
  readonly zoneName: string;
}

export interface Point {
  readonly longitude: number;
  readonly latitude: number;
}

export interface NormalZone {
  readonly code: string;
  readonly name: string;
  readonly capacity: ReadonlyArray<{ readonly spaceClass: SpaceClass; readonly total: number; readonly shareable: number | null; readonly outOfService: number | null }>;
  readonly spaces: ReadonlyArray<{ readonly number: string; readonly spaceClass: SpaceClass; readonly attributes: readonly SpaceAttribute[]; readonly location: Point | null; readonly status: SpaceStatus }>;
}

/** A draft that passed every check: texts trimmed, places in WGS-84, defaults filled in. */
export interface NormalFacility extends Omit<Required<FacilityDraft>, 'coordinate' | 'zones' | 'entrances' | 'code' | 'zoneName'> {
  readonly zoneName: string;
  readonly code: string | null;
  readonly location: Point;
  readonly publicLocation: Point;
  readonly zones: readonly NormalZone[];
  readonly entrances: ReadonlyArray<{ readonly kind: EntranceKind; readonly name: string | null; readonly location: Point }>;
}

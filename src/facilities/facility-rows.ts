import { newId } from '../platform/index.js';
import type { FacilityRow, KnownFacility } from './facilities.sql.js';
import type { NormalFacility } from './rules/facility-draft.js';
import type { FacilityStatus } from './rules/status.js';
import type { KnownCapacity, KnownSpace, KnownZone } from './zones.sql.js';

/** A draft that was decided: where it lies, whose it is, which state it is in, and the row that it becomes. */
export interface PlacedDraft {
  readonly draft: NormalFacility;
  readonly id: string;
  readonly known: KnownFacility | null;
  readonly contentHash: string;
  readonly observedAt: number;
  readonly jurisdictionId: string;
  readonly reportingUnitId: string;
  readonly parties: { readonly owner: string | null; readonly manager: string | null; readonly operator: string | null };
  readonly status: { readonly status: FacilityStatus; readonly statusReason: string | null; readonly statusSince: number };
}

interface Recording {
  readonly now: number;
  readonly recordedBy: string | null;
}

const iso = (instant: number): string => new Date(instant).toISOString();

export function facilityRow(placed: PlacedDraft, code: string, { now, recordedBy }: Recording): FacilityRow {
  const { draft, known, status, parties } = placed;
  return {
    city: draft.city, id: placed.id, source: draft.source, source_code: draft.sourceCode, code, name: draft.name, address: draft.address,
    category: draft.category, sector: draft.sector, sector_reason: draft.sectorReason, resource_kind: draft.resourceKind, ownership: draft.ownership,
    management_mode: draft.managementMode, owner_party_id: parties.owner, manager_party_id: parties.manager, operator_party_id: parties.operator,
    jurisdiction_id: placed.jurisdictionId, reporting_unit_id: placed.reportingUnitId, longitude: draft.location.longitude, latitude: draft.location.latitude,
    public_longitude: draft.publicLocation.longitude, public_latitude: draft.publicLocation.latitude, zone_name: draft.zoneName, closes_at: draft.closesAtMinutes,
    planning_required_spaces: draft.planningRequiredSpaces, registration_no: draft.registration?.no ?? null,
    registration_issued_by: draft.registration?.issuedBy ?? null, registration_valid_to: draft.registration?.validToOn ?? null,
    registration_status: draft.registration?.status ?? null, is_insured: draft.insured, is_military_linked: draft.militaryLinked, is_restricted: draft.restricted,
    is_civil_defence: draft.civilDefence, has_cameras: draft.cameraCovered, status: status.status, status_reason: status.statusReason,
    status_since: iso(status.statusSince), acceptance_required: draft.acceptanceRequired,
    acceptance_reference: draft.acceptance?.reference ?? known?.acceptanceReference ?? null, accepted_on: draft.acceptance?.acceptedOn ?? null,
    is_synthetic: draft.synthetic, observed_on: draft.observedOn, recorded_at: iso(now), recorded_by: recordedBy, content_hash: placed.contentHash,
    version: (known?.version ?? 0) + 1,
    // A validity never moves back before what is already on record: what held in between stays as it was told.
    valid_from: iso(Math.max(placed.observedAt, known?.validFrom ?? placed.observedAt)),
  };
}

/** The rows of a facility's zones, capacities and spaces, and which of those on record end. */
export interface ZoneRows {
  readonly zones: object[];
  readonly capacities: object[];
  readonly endedCapacities: string[];
  readonly spaces: object[];
  readonly removedSpaces: string[];
}

export interface KnownParts {
  readonly zones: readonly KnownZone[];
  readonly capacities: readonly KnownCapacity[];
  readonly spaces: readonly KnownSpace[];
}

export function zoneRows(placed: PlacedDraft, known: KnownParts, recording: Recording): ZoneRows {
  const rows: ZoneRows = { zones: [], capacities: [], endedCapacities: [], spaces: [], removedSpaces: [] };
  placed.draft.zones.forEach((zone, position) => {
    const zoneId = known.zones.find(row => row.code === zone.code)?.id ?? newId('zone', recording.now);
    const base = { city: placed.draft.city, facility_id: placed.id, valid_from: iso(placed.observedAt) };
    rows.zones.push({ ...base, id: zoneId, code: zone.code, name: zone.name, position });
    const held = known.capacities.filter(row => row.zoneId === zoneId);
    for (const row of zone.capacity) {
      rows.capacities.push({ ...base, ...capacityFields(placed, row, held.find(one => one.spaceClass === row.spaceClass)), zone_id: zoneId, id: `${zoneId}:${row.spaceClass}`, recorded_at: iso(recording.now), recorded_by: recording.recordedBy });
    }
    rows.endedCapacities.push(...held.filter(row => !zone.capacity.some(told => told.spaceClass === row.spaceClass)).map(row => row.id));
    if (zone.spaces.length === 0) return;
    const idByNumber = new Map(known.spaces.filter(row => row.zoneId === zoneId).map(row => [row.number, row.id]));
    for (const { number, spaceClass, attributes, location, status } of zone.spaces) {
      const id = idByNumber.get(number) ?? newId('space', recording.now);
      idByNumber.delete(number);
      rows.spaces.push({ ...base, id, zone_id: zoneId, number, space_class: spaceClass, attributes, longitude: location?.longitude ?? null, latitude: location?.latitude ?? null, status });
    }
    rows.removedSpaces.push(...idByNumber.values());
  });
  return rows;
}

/** A capacity as told; what is out of service stays as recorded where the source says nothing of it, or spoke before that record. */
function capacityFields(placed: PlacedDraft, told: NormalFacility['zones'][number]['capacity'][number], held: KnownCapacity | undefined): object {
  const isNewer = told.outOfService !== null && (held?.outOfServiceSince == null || placed.observedAt >= held.outOfServiceSince);
  const outOfService = isNewer ? told.outOfService : Math.min(held?.outOfService ?? 0, told.total);
  const since = isNewer ? placed.observedAt : held?.outOfServiceSince ?? null;
  return {
    space_class: told.spaceClass, total: told.total, shareable: told.shareable, lent_peak: held?.lentPeak ?? 0, out_of_service: outOfService,
    out_of_service_reason: isNewer ? null : held?.outOfServiceReason ?? null, out_of_service_since: since === null ? null : iso(since),
    source: placed.draft.source, source_code: placed.draft.sourceCode, observed_on: placed.draft.observedOn,
  };
}

export function entranceRows({ draft, id }: PlacedDraft): object[] {
  return draft.entrances.map(({ kind, name, location }, position) => ({ city: draft.city, facility_id: id, position, kind, name, ...location }));
}

import { problem, type Crs, type Problem } from '../kernel/index.js';
import { isId } from '../platform/index.js';
import { registerFacilities, type FacilityDraft } from '../facilities/index.js';
import { DraftBuilder } from './draft-builder.js';
import { capacityFields, facilityFields } from './facility-fields.js';
import type { BuiltDraft, FieldValues, ImportContext, ImportKind } from './import-kind.js';
import { resultOf } from './draft-result.js';

type Point = { readonly longitude: number; readonly latitude: number };

/** Facilities from a table or a collection of points (3.1-4, 3.6-1). */
export const facilityImport: ImportKind<FacilityDraft> = {
  name: 'facilities',
  fields: facilityFields,
  build: buildFacility,
  async write(unit, drafts, runId) {
    const outcomes = await registerFacilities(unit, drafts, { recordedBy: runId });
    return outcomes.map(outcome => resultOf(outcome));
  },
};

function buildFacility(values: FieldValues, context: ImportContext): BuiltDraft<FacilityDraft> {
  const builder = new DraftBuilder(values);
  const take = builder.take.bind(builder);
  const findings: Problem[] = [];
  const sector = take<FacilityDraft['sector']>('sector');
  if (sector === null) findings.push(problem('SECTOR_UNKNOWN', { zh: '未填单位性质，暂记为 OTHER，请核实', en: 'no sector is given: kept as OTHER, please check', field: 'sector', clause: '3.1-2' }));
  const capacity = capacityOf(builder);
  if (capacity.length > 0 && capacity.every(row => row.total === 0 || row.spaceClass === 'LARGE')) {
    findings.push(problem('NO_CAR_SPACES', { zh: '小汽车泊位总数为 0：可能是摩托车或大型车停车场，也可能是数据缺失，请核实', en: 'there are 0 car spaces in all: a park for motorcycles or buses, or missing data, please check', field: 'zones[0].capacity', clause: '3.1-2' }));
  }
  const sourceCode = take<string>('sourceCode') ?? '';
  const city = take<string>('city') ?? context.city ?? '';
  const draft: FacilityDraft = {
    city,
    source: context.source,
    sourceCode,
    observedOn: take<string>('observedOn') ?? context.observedOn ?? '',
    code: take('code'),
    name: take<string>('name') ?? '',
    address: take('address'),
    category: take<FacilityDraft['category']>('category')!,
    sector: sector ?? 'OTHER',
    sectorReason: take('sectorReason'),
    resourceKind: take<FacilityDraft['resourceKind']>('resourceKind')!,
    ownership: take('ownership'),
    managementMode: take('managementMode'),
    owner: partyOf(take('ownerCode', 'owner'), context.source),
    manager: partyOf(take('managerCode', 'manager'), context.source),
    operator: partyOf(take('operatorCode', 'operator'), context.source),
    jurisdictionCode: take('jurisdictionCode'),
    reportingUnitCode: take('reportingUnitCode'),
    coordinate: coordinateOf(builder, context.crs),
    zoneName: take('zoneName'),
    closesAtMinutes: everyDay(take('closesAt', 'closesAtMinutes')),
    planningRequiredSpaces: take('planningRequiredSpaces'),
    registration: registrationOf(builder),
    insured: take('insured'),
    militaryLinked: take<boolean>('militaryLinked') ?? false,
    restricted: take<boolean>('restricted') ?? false,
    civilDefence: take('civilDefence'),
    cameraCovered: take('cameraCovered'),
    status: take('status'),
    statusReason: take('statusReason'),
    acceptanceRequired: take<boolean>('acceptanceRequired') ?? false,
    acceptance: acceptanceOf(builder),
    zones: [{ capacity }],
    entrances: entrancesOf(builder, context.crs),
  };
  return { draft, key: JSON.stringify([city, sourceCode]), fieldOfPath: builder.fieldOfPath, findings };
}

// A place that is half told is no place: the rules refuse a null as missing, where a zero would be a point in the sea (G7).
function coordinateOf(builder: DraftBuilder, crs: Crs): FacilityDraft['coordinate'] {
  const longitude = builder.take<number>('longitude', 'coordinate.longitude');
  const latitude = builder.take<number>('latitude', 'coordinate.latitude');
  builder.fieldOfPath.set('coordinate', 'longitude');
  return longitude === null || latitude === null ? (null as never) : { longitude, latitude, crs };
}

function capacityOf(builder: DraftBuilder) {
  builder.fieldOfPath.set('zones[0].capacity', capacityFields[0]!.total);
  const told = capacityFields.filter(({ total }) => builder.take<number>(total) !== null);
  return told.map(({ spaceClass, total, shareable }, index) => {
    const path = `zones[0].capacity[${index}]`;
    return { spaceClass, total: builder.take<number>(total, `${path}.total`)!, shareable: builder.take<number>(shareable, `${path}.shareable`) };
  });
}

function partyOf(code: string | null, source: string): FacilityDraft['owner'] {
  if (code === null) return null;
  return isId('party', code) ? { id: code } : { source, code };
}

function everyDay(minute: number | null): readonly number[] | null {
  return minute === null ? null : Array.from({ length: 7 }, () => minute);
}

function registrationOf(builder: DraftBuilder): FacilityDraft['registration'] {
  const no = builder.take<string>('registrationNo', 'registration.no');
  if (no === null) return null;
  return {
    no,
    issuedBy: builder.take('registrationIssuedBy', 'registration.issuedBy'),
    validToOn: builder.take('registrationValidToOn', 'registration.validToOn'),
    status: builder.take<'VALID'>('registrationStatus', 'registration.status') ?? 'VALID',
  };
}

function acceptanceOf(builder: DraftBuilder): FacilityDraft['acceptance'] {
  const reference = builder.take<string>('acceptanceReference', 'acceptance.reference');
  return reference === null ? null : { reference, acceptedOn: builder.take('acceptedOn', 'acceptance.acceptedOn') };
}

function entrancesOf(builder: DraftBuilder, crs: Crs): NonNullable<FacilityDraft['entrances']> {
  const vehicle = builder.take<readonly Point[]>('vehicleEntrances', 'entrances') ?? [];
  const pedestrian = builder.take<readonly Point[]>('pedestrianEntrances') ?? [];
  builder.fieldOfPath.set('entrances', 'vehicleEntrances');
  pedestrian.forEach((_, index) => builder.fieldOfPath.set(`entrances[${vehicle.length + index}]`, 'pedestrianEntrances'));
  return [
    ...vehicle.map(point => ({ kind: 'VEHICLE' as const, coordinate: { ...point, crs } })),
    ...pedestrian.map(point => ({ kind: 'PEDESTRIAN' as const, coordinate: { ...point, crs } })),
  ];
}

import type { CapacityDraft, FacilityCategory, FacilityDraft, ZoneDraft } from '../../facilities/index.js';
import type { Draw } from './draw.js';
import { BELL_TOWER, CITY, NEIGHBOURHOODS, OBSERVED_ON, SOURCE, pointFrom, synthetic, type Neighbourhood } from './neighbourhoods.js';
import { OWNERS, assemblyCode, ownerCode, personCode, referTo, type DemoParty, type OwnerGroup } from './parties.js';

/** A facility of the demo, with the party that exists for its sake alone. */
export interface DemoFacility {
  readonly draft: FacilityDraft;
  readonly ownParty: DemoParty | null;
}

type Sector = FacilityDraft['sector'];

interface Kind {
  readonly weight: number;
  readonly word: string;
  readonly sector: Sector;
  readonly resourceKind: FacilityDraft['resourceKind'];
  readonly spaces: readonly [least: number, most: number];
}

interface Profile {
  readonly count: number;
  readonly ownership: NonNullable<FacilityDraft['ownership']>;
  /** The part of the spaces that may be shared, in percent. */
  readonly shareable: readonly [least: number, most: number];
  readonly owners: readonly OwnerGroup[];
  readonly kinds: readonly Kind[];
}

/** What the 300 facilities are: all six categories of the policy, in the mix of an old town and its new districts. */
const PROFILES: Readonly<Record<FacilityCategory, Profile>> = {
  KEY_AREA_PUBLIC: {
    count: 50, ownership: 'STATE', shareable: [60, 100], owners: ['stateEnterprise'],
    kinds: [
      { weight: 4, word: '公共停车场', sector: 'OTHER', resourceKind: 'PUBLIC', spaces: [60, 260] },
      { weight: 3, word: '道路泊位', sector: 'ON_STREET', resourceKind: 'ON_STREET', spaces: [12, 60] },
      { weight: 2, word: '医院公共停车楼', sector: 'HOSPITAL', resourceKind: 'PUBLIC', spaces: [120, 400] },
      { weight: 1, word: '客运枢纽停车场', sector: 'TRANSPORT_HUB', resourceKind: 'PUBLIC', spaces: [150, 500] },
    ],
  },
  INSTITUTION: {
    count: 60, ownership: 'STATE', shareable: [30, 80], owners: ['agency', 'institution'],
    kinds: [
      { weight: 4, word: '办公楼停车场', sector: 'AGENCY', resourceKind: 'DEDICATED', spaces: [40, 180] },
      { weight: 3, word: '档案馆停车场', sector: 'PUBLIC_INSTITUTION', resourceKind: 'DEDICATED', spaces: [30, 120] },
      { weight: 3, word: '实验学校停车场', sector: 'SCHOOL', resourceKind: 'DEDICATED', spaces: [30, 140] },
    ],
  },
  SOCIAL_PUBLIC: {
    count: 55, ownership: 'ENTERPRISE', shareable: [70, 100], owners: ['stateEnterprise', 'enterprise'],
    kinds: [
      { weight: 4, word: '社会停车场', sector: 'OTHER', resourceKind: 'PUBLIC', spaces: [50, 300] },
      { weight: 2, word: '公园停车场', sector: 'PARK', resourceKind: 'PUBLIC', spaces: [40, 200] },
      { weight: 1, word: '换乘停车场', sector: 'TRANSPORT_HUB', resourceKind: 'PUBLIC', spaces: [300, 900] },
    ],
  },
  COMMERCIAL: {
    count: 50, ownership: 'ENTERPRISE', shareable: [30, 70], owners: ['enterprise'],
    kinds: [
      { weight: 4, word: '购物中心停车场', sector: 'COMMERCIAL', resourceKind: 'DEDICATED', spaces: [150, 900] },
      { weight: 2, word: '酒店停车场', sector: 'COMMERCIAL', resourceKind: 'DEDICATED', spaces: [60, 200] },
      { weight: 3, word: '写字楼停车场', sector: 'ENTERPRISE_OFFICE', resourceKind: 'DEDICATED', spaces: [80, 350] },
    ],
  },
  RESIDENTIAL: {
    count: 55, ownership: 'JOINT', shareable: [15, 45], owners: ['propertyManager'],
    kinds: [
      { weight: 3, word: '花园小区停车场', sector: 'RESIDENTIAL', resourceKind: 'DEDICATED', spaces: [80, 600] },
      { weight: 2, word: '新村停车场', sector: 'RESIDENTIAL', resourceKind: 'DEDICATED', spaces: [30, 150] },
    ],
  },
  PRIVATE_SPACE: {
    count: 30, ownership: 'PRIVATE', shareable: [100, 100], owners: ['propertyManager'],
    kinds: [{ weight: 1, word: '私人泊位', sector: 'RESIDENTIAL', resourceKind: 'DEDICATED', spaces: [1, 1] }],
  },
};

const ORDINALS = '甲乙丙丁戊己庚辛壬癸';
const SPREAD_METRES = 380;
/** The first so many key-area car parks stand round the bell tower, so that the printed query finds something at any hour. */
const AT_THE_BELL_TOWER = 3;

/** Draws the 300 facilities of the city. */
export function drawFacilities(draw: Draw): readonly DemoFacility[] {
  const categories = (Object.keys(PROFILES) as FacilityCategory[]).flatMap(category => Array.from({ length: PROFILES[category].count }, () => category));
  return categories.map((category, index) => {
    const isCentral = index < AT_THE_BELL_TOWER;
    return drawFacility(draw, { category, code: `QZD-${String(index + 1).padStart(3, '0')}`, place: isCentral ? BELL_TOWER : draw.weighted(NEIGHBOURHOODS), spreadMetres: isCentral ? 90 : SPREAD_METRES });
  });
}

interface Site {
  readonly category: FacilityCategory;
  readonly code: string;
  readonly place: Neighbourhood;
  readonly spreadMetres: number;
}

function drawFacility(draw: Draw, { category, code, place, spreadMetres }: Site): DemoFacility {
  const profile = PROFILES[category];
  const kind = draw.weighted(profile.kinds);
  const coordinate = pointFrom(place, draw.around() * spreadMetres, draw.around() * spreadMetres);
  const zones = category === 'PRIVATE_SPACE' ? [privateZone(draw)] : drawZones(draw, draw.whole(...kind.spaces), profile.shareable);
  const capacity = zones.flatMap(zone => zone.capacity ?? []);
  const isPlanned = category === 'SOCIAL_PUBLIC' && zones.length === 1 && draw.chance(0.4);
  const isRestricted = kind.sector === 'AGENCY' && draw.chance(0.15);
  const isUnderConstruction = category === 'SOCIAL_PUBLIC' && !isPlanned && draw.chance(0.06);
  const draft: FacilityDraft = {
    city: CITY, source: SOURCE, sourceCode: code, code, observedOn: OBSERVED_ON, synthetic: true,
    name: synthetic(`${place.name}${draw.oneOf([...ORDINALS])}${Number(code.slice(4))}号${kind.word}`),
    address: synthetic(`${place.name}一带`),
    category, sector: kind.sector, resourceKind: kind.resourceKind, ownership: profile.ownership,
    sectorReason: kind.sector === 'ENTERPRISE_OFFICE' ? '对外招租的写字楼，由辖区归入 2.4（演示）' : null,
    jurisdictionCode: place.code,
    coordinate, zones,
    entrances: [{ kind: 'VEHICLE', name: synthetic('主出入口'), coordinate: pointFrom(coordinate, draw.whole(-60, 60), draw.whole(-60, 60)) }],
    closesAtMinutes: closingOf(draw, kind.sector),
    planningRequiredSpaces: isPlanned ? capacity.reduce((sum, row) => sum + (row.shareable ?? 0), 0) : null,
    registration: kind.resourceKind === 'DEDICATED' && category !== 'COMMERCIAL' ? null : { no: `演示备案${code}`, issuedBy: synthetic('市场监督管理局'), validToOn: null, status: 'VALID' },
    insured: draw.chance(0.7), cameraCovered: draw.chance(0.85), civilDefence: category === 'RESIDENTIAL' && draw.chance(0.2),
    restricted: isRestricted, militaryLinked: isRestricted && draw.chance(0.3),
    status: isUnderConstruction ? 'UNDER_CONSTRUCTION' : 'OPEN',
    ...partiesOf(draw, category, code, kind.sector),
  };
  return { draft, ownParty: ownPartyOf(draft) };
}

/** One zone, or two where the place is large; a tenth of the spaces charge, a fiftieth are accessible. */
function drawZones(draw: Draw, spaces: number, shareable: Profile['shareable']): readonly ZoneDraft[] {
  const share = draw.whole(...shareable) / 100;
  const below = spaces > 200 ? Math.floor(spaces / 2) : 0;
  const zone = (code: string, name: string, total: number): ZoneDraft => ({ code, name, capacity: capacityOf(draw, total, share) });
  return below === 0 ? [zone('MAIN', '全部', spaces)] : [zone('G', '地面', spaces - below), zone('B1', '地下一层', below)];
}

function capacityOf(draw: Draw, total: number, share: number): readonly CapacityDraft[] {
  const charging = Math.floor(total / 10);
  const accessible = Math.floor(total / 50);
  const standard = total - charging - accessible;
  const lendable = (count: number): number => Math.max(1, Math.floor(count * share));
  const outOfService = draw.chance(0.08) ? draw.whole(1, Math.max(1, Math.floor(standard / 20))) : 0;
  return [
    { spaceClass: 'STANDARD', total: standard, shareable: lendable(standard), outOfService },
    ...(charging === 0 ? [] : [{ spaceClass: 'CHARGING', total: charging, shareable: lendable(charging) } as const]),
    ...(accessible === 0 ? [] : [{ spaceClass: 'ACCESSIBLE', total: accessible, shareable: lendable(accessible) } as const]),
  ];
}

/** A private owner lends one numbered space (2.6-1). */
function privateZone(draw: Draw): ZoneDraft {
  return { code: 'MAIN', name: '本泊位', capacity: [{ spaceClass: 'STANDARD', total: 1, shareable: 1 }], spaces: [{ number: `B1-${String(draw.whole(1, 380)).padStart(3, '0')}`, spaceClass: 'STANDARD' }] };
}

/** Malls close at 21:30 to 22:30, half an hour later before rest days; nothing else has a closing time that matters (2.4-3). */
function closingOf(draw: Draw, sector: Sector): FacilityDraft['closesAtMinutes'] {
  if (sector !== 'COMMERCIAL') return null;
  const minute = 1_290 + 30 * draw.whole(0, 2);
  return [minute, minute, minute, minute, minute + 30, minute + 30, minute];
}

function partiesOf(draw: Draw, category: FacilityCategory, code: string, sector: Sector): Pick<FacilityDraft, 'owner' | 'manager' | 'operator' | 'managementMode'> {
  const drawn = (group: OwnerGroup) => referTo(ownerCode(group, draw.whole(0, OWNERS[group] - 1)));
  if (category === 'RESIDENTIAL') return { owner: referTo(assemblyCode(code)), manager: drawn('propertyManager'), operator: null, managementMode: 'DELEGATED' };
  if (category === 'PRIVATE_SPACE') return { owner: referTo(personCode(code)), manager: null, operator: null, managementMode: 'SELF' };
  const groups = PROFILES[category].owners;
  const owner = category === 'INSTITUTION' ? drawn(sector === 'AGENCY' ? 'agency' : 'institution') : drawn(draw.oneOf(groups));
  const isOperated = category === 'KEY_AREA_PUBLIC' || draw.chance(0.3);
  return { owner, manager: null, operator: isOperated ? drawn('operator') : null, managementMode: 'SELF' };
}

function ownPartyOf({ category, sourceCode, name, jurisdictionCode }: FacilityDraft): DemoParty | null {
  const common = { source: SOURCE, jurisdictionCode };
  if (category === 'RESIDENTIAL') return { ...common, kind: 'OWNERS_ASSEMBLY', name: name.replace('停车场', '业主大会'), code: assemblyCode(sourceCode) };
  if (category === 'PRIVATE_SPACE') return { ...common, kind: 'PERSON', name: synthetic(`车位业主${Number(sourceCode.slice(4))}`), code: personCode(sourceCode) };
  return null;
}

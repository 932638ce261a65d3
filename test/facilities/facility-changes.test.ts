import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { facilitiesRoom, nearbyHubs } from '../../src/facilities/index.js';
import { identityRoom, recordDelegation, registerParty } from '../../src/identity/index.js';
import type { Database, Viewer } from '../../src/platform/index.js';
import { registerHub } from '../../src/facilities/register-hub.js';
import { registerKeyPlace } from '../../src/facilities/register-key-place.js';
import { isRefusal } from '../../src/kernel/index.js';
import { atOnce } from '../support/at-once.js';
import { openTestDatabase } from '../support/database.js';
import { anonymous, scopeOf, system, testServices } from '../support/scope.js';
import { facilityDraft, register, registerDivisions, valueOf } from './city.js';
import { ask } from './schema.js';

let database: Database;
let counter = 0;
let facilityId: string;

beforeAll(async () => {
  database = await openTestDatabase([...identityRoom.entities, ...facilitiesRoom.entities]);
  await registerDivisions(scopeOf(testServices(database)));
});

beforeEach(async () => {
  counter += 1;
  const [outcome] = await register(scopeOf(testServices(database)), facilityDraft(`M${counter}`, { status: 'PLANNED', acceptanceRequired: true }));
  facilityId = valueOf(outcome).facilityId;
});

afterAll(() => database.close());

const inScope = (viewer: Viewer = system) => scopeOf(testServices(database), viewer);
const officer: Viewer = { ...anonymous, kind: 'TOKEN', actorId: 'officer', grants: [{ action: 'facility:write', partyId: null, jurisdictionCode: '350521' }, { action: 'jurisdiction:write', partyId: null, jurisdictionCode: '350521' }] };
const searchRow = async () => (await database.query<any>('select capacity_total, shareable, out_of_service, status, reporting_unit_code, version::int as version from facility_search where facility_id = $1', [facilityId]))[0]!;

const CHANGE = `mutation ($input: ChangeFacilityStatusInput!) { changeFacilityStatus(input: $input) { facility { status version statusReason } userErrors { code clause field message } } }`;
const change = async (event: string, more: object = {}, viewer?: Viewer) => {
  const answer = await ask(inScope(viewer), CHANGE, { input: { facilityId, event, reason: '按计划', idempotencyKey: `k${Math.trunc(counter)}-${event}-${JSON.stringify(more)}`, ...more } });
  return answer.errors ? { errors: answer.errors } : answer.data.changeFacilityStatus;
};

test('3.6-4, 4.5-1: spaces count from opening on, and nothing opens without the acceptance that it needs', async () => {
  expect(await searchRow()).toMatchObject({ capacity_total: 0, shareable: {}, status: 'PLANNED' });
  expect(await change('OPEN')).toMatchObject({ facility: null, userErrors: [{ code: 'ILLEGAL_TRANSITION' }] });
  expect((await change('START_CONSTRUCTION')).facility).toMatchObject({ status: 'UNDER_CONSTRUCTION', version: '2' });
  const begun = await searchRow();
  expect(begun).toMatchObject({ capacity_total: 0, status: 'UNDER_CONSTRUCTION' });
  expect(await change('ACCEPT')).toMatchObject({ facility: null, userErrors: [{ code: 'ACCEPTANCE_MISSING', clause: '4.5-1' }] });
  expect(await searchRow()).toEqual(begun);

  expect((await change('ACCEPT', { acceptance: { reference: '泉建验 12', acceptedOn: '2026-02-10' } })).facility.status).toBe('ACCEPTED');
  expect((await change('OPEN')).facility).toMatchObject({ status: 'OPEN', statusReason: '按计划' });
  expect(await searchRow()).toMatchObject({ capacity_total: 110, shareable: { STANDARD: 40 }, status: 'OPEN' });
});

test('a change of an older version, of another\'s facility or by nobody is refused, and nothing is written', async () => {
  const before = await searchRow();
  expect(await change('START_CONSTRUCTION', { expectedVersion: '7' })).toMatchObject({ facility: null, userErrors: [{ code: 'VERSION_MOVED', field: 'expectedVersion' }] });
  expect(await change('START_CONSTRUCTION', { reason: ' ' })).toMatchObject({ facility: null, userErrors: [{ code: 'REASON_INVALID', field: 'reason' }] });
  expect((await change('START_CONSTRUCTION', {}, officer)).errors[0].extensions).toMatchObject({ code: 'FORBIDDEN' });
  expect((await change('START_CONSTRUCTION', {}, anonymous)).errors[0].extensions.code).toMatch(/UNAUTHENTICATED|FORBIDDEN/);
  expect(await searchRow()).toEqual(before);
  const [{ count }] = (await database.query<{ count: number }>('select count(*)::int as count from audit_entry where object_id = $1', [facilityId])) as [{ count: number }];
  expect(count).toBe(1);
});

test('a change retried with its key answers as the first time and changes nothing twice', async () => {
  const first = await change('START_CONSTRUCTION');
  const written = await searchRow();
  const again = await change('START_CONSTRUCTION');
  expect(again).toEqual(first);
  expect(await searchRow()).toEqual(written);
});

test('4.5-2: spaces of a faulty device leave at once, and only as many as there are', async () => {
  const [zone] = await database.query<{ id: string }>('select id from zone where facility_id = $1', [facilityId]);
  const put = (spaces: number, reason = '充电桩故障') => ask(inScope(), `mutation ($input: PutOutOfServiceInput!) { putOutOfService(input: $input) { facility { capacity { spaceClass total outOfService } } userErrors { code message } } }`,
    { input: { facilityId, zoneId: zone!.id, spaceClass: 'CHARGING', spaces, reason, idempotencyKey: `out-${counter}-${spaces}` } });
  expect((await put(11)).data.putOutOfService).toMatchObject({ facility: null, userErrors: [{ code: 'OUT_OF_RANGE', message: expect.stringContaining('10') }] });
  // What is written here is told to drivers whose bookings give way.
  for (const reason of [' ', '长'.repeat(501)]) expect((await put(4, reason)).data.putOutOfService).toMatchObject({ facility: null, userErrors: [{ code: 'REASON_INVALID' }] });
  expect((await searchRow()).out_of_service).toEqual({});
  expect((await put(4)).data.putOutOfService.facility.capacity).toEqual([{ spaceClass: 'STANDARD', total: 100, outOfService: 0 }, { spaceClass: 'CHARGING', total: 10, outOfService: 4 }]);
  expect((await searchRow()).out_of_service).toEqual({ CHARGING: 4 });

  // A survey from before the fault, told again with more spaces, leaves the fault as it is.
  await register(inScope(), facilityDraft(`M${counter}`, { observedOn: '2026-02-01', zones: [{ capacity: [{ spaceClass: 'STANDARD', total: 100 }, { spaceClass: 'CHARGING', total: 12, outOfService: 0 }] }] }));
  expect((await searchRow()).out_of_service).toEqual({ CHARGING: 4 });
});

test('0-1, G8: a facility is counted by exactly one unit, which an office assigns and its owner does not', async () => {
  const [zone] = await database.query<{ id: string }>(`select id from jurisdiction where code = 'QZ-TIA'`);
  const [street] = await database.query<{ id: string }>(`select id from jurisdiction where code = '350503001'`);
  const assign = (reportingUnitId: string, viewer?: Viewer) => ask(inScope(viewer), `mutation ($input: AssignReportingUnitInput!) { assignReportingUnit(input: $input) { facility { reportingUnit { code } jurisdiction { code } } userErrors { code } } }`,
    { input: { facilityId, reportingUnitId, reason: '托管', idempotencyKey: `assign-${counter}-${reportingUnitId}` } });
  expect((await assign(street!.id)).data.assignReportingUnit).toEqual({ facility: null, userErrors: [{ code: 'REPORTING_UNIT_UNKNOWN' }] });
  expect((await assign(zone!.id, officer)).errors![0].extensions.code).toBe('FORBIDDEN');
  expect((await assign(zone!.id)).data.assignReportingUnit.facility).toEqual({ reportingUnit: { code: 'QZ-TIA' }, jurisdiction: { code: '350503001' } });
  expect(await searchRow()).toMatchObject({ reporting_unit_code: 'QZ-TIA' });
});

test('3.1-4: a facility is answered as it was, and as it was believed to be', async () => {
  const services = testServices(database);
  const [told] = await register(scopeOf(services), facilityDraft('V1', { observedOn: '2026-01-10', name: '旧名' }));
  await register(scopeOf(services), facilityDraft('V1', { observedOn: '2026-02-01', name: '新名', zones: [{ capacity: [{ spaceClass: 'STANDARD', total: 7 }] }] }));
  const recorded = await database.query<{ at: number }>('select epoch_ms(lower(recorded_during)) as at from facility_version where id = $1 order by 1', [valueOf(told).facilityId]);
  const at = (recorded[0]!.at + recorded.at(-1)!.at) / 2;
  const asOf = async (args: string) => (await ask(scopeOf(services), `{ facility(id: "${valueOf(told).facilityId}"${args}) { name capacity { total } } }`)).data.facility;
  expect(await asOf('')).toEqual({ name: '新名', capacity: [{ total: 7 }] });
  expect(await asOf(', validAt: "2026-01-20T00:00:00+08:00"')).toEqual({ name: '旧名', capacity: [{ total: 100 }, { total: 10 }] });
  expect(await asOf(', validAt: "2025-12-31T00:00:00+08:00"')).toBeNull();
  expect(await asOf(`, validAt: "2026-02-10T00:00:00+08:00", recordedAt: "${new Date(at).toISOString()}"`)).toEqual({ name: '旧名', capacity: [{ total: 100 }, { total: 10 }] });
});

test('2.1-8, 2.1-9: a hub is offered where its shuttle ends near, on the days on which it runs', async () => {
  const place = (await ask(inScope(), `mutation { registerKeyPlace(input: { city: "350500", source: "普查2026", sourceCode: "KP${counter}", observedOn: "2026-01-01", kind: HOSPITAL, name: "市第一医院", coordinate: { longitude: 118.605, latitude: 24.905, crs: WGS84 }, idempotencyKey: "kp${counter}" }) { keyPlace { id name kind jurisdiction { code } coordinate(crs: GCJ02) { crs } } userErrors { code message } } }`)).data.registerKeyPlace;
  expect(place).toMatchObject({ userErrors: [], keyPlace: { kind: 'HOSPITAL', jurisdiction: { code: '350503' }, coordinate: { crs: 'GCJ02' } } });
  const [open] = await register(inScope(), facilityDraft(`HUB${counter}`));
  const HUB = `mutation ($input: RegisterHubInput!) { registerHub(input: $input) { hub { id name facility { id } shuttles { mode headwayMinutes toKeyPlace { name } firstAt } } userErrors { code field } } }`;
  const shuttle = { mode: 'MICRO_BUS', name: '医院专线', toKeyPlaceId: place.keyPlace.id, headwayMinutes: 10, firstAt: '06:30', lastAt: '22:00', rideMinutes: 12, walkMinutesAtEnd: 2, validFromOn: '2026-01-01', validUntilOn: '2026-03-01' };
  const put = async (key: string, shuttles: object[]) => (await ask(inScope(), HUB, { input: { facilityId: valueOf(open).facilityId, name: '东湖接驳点', source: '普查2026', sourceCode: `HB${counter}`, observedOn: '2026-01-01', shuttles, idempotencyKey: key } })).data.registerHub;
  expect((await put(`h0-${counter}`, [{ ...shuttle, toKeyPlaceId: null }, { ...shuttle, headwayMinutes: 0, lastAt: '05:00' }])).userErrors).toEqual([
    { code: 'MISSING', field: 'shuttles[0].to' }, { code: 'OUT_OF_RANGE', field: 'shuttles[1].headwayMinutes' }, { code: 'OUT_OF_RANGE', field: 'shuttles[1].lastAt' },
  ]);
  const { hub, userErrors } = await put(`h1-${counter}`, [shuttle]);
  expect(userErrors).toEqual([]);
  expect(hub).toMatchObject({ facility: { id: valueOf(open).facilityId }, shuttles: [{ mode: 'MICRO_BUS', headwayMinutes: 10, toKeyPlace: { name: '市第一医院' }, firstAt: '06:30' }] });

  const near = (at: string, latitude = 24.9051) => nearbyHubs(inScope(), { longitude: 118.605, latitude }, { endWithinMetres: 300, at: Date.parse(at), limit: 5 });
  const [offered] = await near('2026-02-13T09:00:00+08:00');
  expect(offered).toMatchObject({ hubId: hub.id, facilityId: valueOf(open).facilityId });
  expect(offered!.endMetres).toBeCloseTo(11.08, 1);
  expect(offered!.hubMetres).toBeGreaterThan(4_000);
  expect(await near('2026-03-01T00:00:00+08:00')).toEqual([]);
  expect(await near('2026-02-13T09:00:00+08:00', 24.92)).toEqual([]);
});

test('a key place that several register at once is one, and each is told which', async () => {
  const draft = { city: '350500', source: '普查2026', sourceCode: `ONCE${counter}`, observedOn: '2026-01-01', kind: 'HOSPITAL', name: '市第一医院', coordinate: { longitude: 118.605, latitude: 24.905, crs: 'WGS84' } } as const;

  const outcomes = await atOnce(database, 'key_place', [1, 2, 3, 4].map(nth => () => registerKeyPlace(inScope(), draft, `once ${counter} ${nth}`)));

  const rows = await database.query<{ id: string; version: string }>('select id, version::text as version from key_place where source_code = $1', [draft.sourceCode]);
  expect(rows).toEqual([{ id: expect.stringMatching(/^kpl_/), version: '4' }]);
  expect(outcomes.map(outcome => valueOf(outcome).keyPlaceId)).toEqual(outcomes.map(() => rows[0]!.id));
});

test('the code of a source is one hub: of two facilities that register it at once the other is told whose it is, and nothing of it is written', async () => {
  const facilityIds = (await register(inScope(), facilityDraft(`HC1-${counter}`), facilityDraft(`HC2-${counter}`))).map(outcome => valueOf(outcome).facilityId);
  const shuttles = [{ mode: 'MICRO_BUS', name: '医院专线', to: { longitude: 118.605, latitude: 24.905, crs: 'WGS84' }, headwayMinutes: 10, firstAt: 390, lastAt: 1_320, rideMinutes: 12, walkMinutesAtEnd: 2, validFromOn: '2026-01-01' }] as never;

  const outcomes = await atOnce(database, 'hub', facilityIds.map(facilityId => () => registerHub(inScope(), { facilityId, name: '接驳点', source: '普查2026', sourceCode: `TWICE${counter}`, observedOn: '2026-01-01', shuttles }, `twice ${facilityId}`)));

  const rows = await database.query<{ facilityId: string }>('select facility_id as "facilityId" from hub where source_code = $1', [`TWICE${counter}`]);
  expect(rows).toHaveLength(1);
  expect(outcomes.map((outcome, nth) => (isRefusal(outcome) ? outcome.problems : facilityIds[nth] === rows[0]!.facilityId))).toEqual(expect.arrayContaining([true, [expect.objectContaining({ code: 'HUB_CODE_USED', data: { facilityId: rows[0]!.facilityId } })]]));
});

test('registerFacility answers with the facility or with all that is wrong, and is for those who may', async () => {
  const input = { city: '350500', source: '自报', sourceCode: `R${counter}`, observedOn: '2026-02-01', name: '文化中心停车场', category: 'COMMERCIAL', sector: 'ENTERPRISE_OFFICE', resourceKind: 'DEDICATED', coordinate: { longitude: 118.62, latitude: 24.87, crs: 'WGS84' }, zones: [{ capacity: [{ spaceClass: 'STANDARD', total: 20 }] }] };
  const registerOne = (differs: object, key: string, viewer?: Viewer) => ask(inScope(viewer), `mutation ($input: RegisterFacilityInput!) { registerFacility(input: $input) { facility { name sectorReason obligation { level clause } jurisdiction { code } } findings { code } userErrors { code field clause } } }`, { input: { ...input, ...differs, idempotencyKey: key } });
  expect((await registerOne({ owner: { ofSource: { source: '市监', code: '404' } } }, `r1-${counter}`)).data.registerFacility).toEqual({ facility: null, findings: [], userErrors: [{ code: 'SECTOR_REASON_MISSING', field: 'sectorReason', clause: '2.4-1' }] });
  expect((await registerOne({ sectorReason: '对外营业', owner: { ofSource: { source: '市监', code: '404' } } }, `r2-${counter}`)).data.registerFacility.userErrors).toEqual([{ code: 'PARTY_UNKNOWN', field: 'owner', clause: null }]);
  // A refused field is told by the name that the input has, not the draft's.
  expect((await registerOne({ sectorReason: '对外营业', closesAt: ['22:00'], owner: { ofSource: { source: '', code: '1' } } }, `r5-${counter}`)).data.registerFacility.userErrors).toEqual([{ code: 'MISSING', field: 'owner.ofSource.source', clause: null }, { code: 'CLOSING_DAYS', field: 'closesAt', clause: '2.4-3' }]);
  expect((await registerOne({ sectorReason: '对外营业' }, `r3-${counter}`, officer)).errors![0].extensions.code).toBe('FORBIDDEN');
  expect((await registerOne({ sectorReason: '对外营业' }, `r4-${counter}`)).data.registerFacility).toEqual({
    facility: { name: '文化中心停车场', sectorReason: '对外营业', obligation: { level: 'ENCOURAGED', clause: '2.4-2' }, jurisdiction: { code: '350503001' } }, findings: [], userErrors: [],
  });
});

test('I12, 3.5-1: nobody names another as owner but its agent, whose delegation must hold at that instant', async () => {
  const services = testServices(database);
  const partyOf = async (kind: 'ENTERPRISE' | 'OPERATOR', name: string) => valueOf(await registerParty(scopeOf(services), { kind, name: `${name}${counter}` })).partyId;
  const [owner, operator] = [await partyOf('ENTERPRISE', '湖畔商场'), await partyOf('OPERATOR', '刺桐停车')];
  const acting: Viewer = { ...anonymous, kind: 'API_KEY', actorId: operator, partyIds: [operator], grants: [{ action: 'facility:write', partyId: operator, jurisdictionCode: null }] };
  const input = { city: '350500', source: '自报', sourceCode: `D${counter}`, observedOn: '2026-02-01', name: '湖畔停车场', category: 'COMMERCIAL', sector: 'ENTERPRISE_OFFICE', sectorReason: '对外营业', resourceKind: 'DEDICATED', coordinate: { longitude: 118.62, latitude: 24.87, crs: 'WGS84' }, zones: [{ capacity: [{ spaceClass: 'STANDARD', total: 20 }] }], owner: { id: owner }, operator: { id: operator } };
  const registerAs = async (viewer: Viewer, key: string, differs: object = {}) => {
    const answer = await ask(scopeOf(services, viewer), `mutation ($input: RegisterFacilityInput!) { registerFacility(input: $input) { facility { name } userErrors { code } } }`, { input: { ...input, ...differs, idempotencyKey: `${key}-${counter}` } });
    return answer.errors?.[0].extensions.code ?? answer.data.registerFacility;
  };
  const now = services.clock.now();
  const delegate = async (powers: readonly ['SHARE'] | readonly ['MANAGE'], endsAt: number) => valueOf(await recordDelegation(scopeOf(services), { principalId: owner, agentId: operator, powers, startsAt: now - 3_600_000, endsAt, procurementReference: null }));
  const written = async () => (await database.query('select 1 from facility where source_code = $1', [input.sourceCode])).length;

  expect(await registerAs(acting, 'alone')).toBe('FORBIDDEN');
  await delegate(['SHARE'], now + 3_600_000);
  await delegate(['MANAGE'], now);
  expect(await registerAs(acting, 'ended')).toBe('FORBIDDEN');
  expect(await written()).toBe(0);
  await delegate(['MANAGE'], now + 3_600_000);
  expect(await registerAs(acting, 'agent')).toEqual({ facility: { name: '湖畔停车场' }, userErrors: [] });
  expect(await written()).toBe(1);
  // An operator tells anew what it runs; to put another in the owner's place it would have to stand for that one, too.
  const other = await partyOf('ENTERPRISE', '另一商场');
  expect(await registerAs(acting, 'other', { owner: { id: other }, observedOn: '2026-02-02' })).toBe('FORBIDDEN');
});

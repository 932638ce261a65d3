import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Viewer } from '../../src/platform/index.js';
import { newId } from '../../src/platform/index.js';
import { countAdmissions, listAdmissionRows } from '../../src/parking/gate/admissions.sql.js';
import { eraseParty } from '../../src/identity/erasure.sql.js';
import { quotaOf } from '../../src/sharing/index.js';
import { inUnit, newPlate } from './booking-city.js';
import { at, during, openGateCity, type GateCity } from './gate-city.js';

let city: GateCity;
let foreign: Viewer;
let made = 0;

beforeAll(async () => {
  city = await openGateCity();
  foreign = { ...city.operator, actorId: 'foreign', grants: city.operator.grants.map(grant => ({ ...grant, partyId: newId('party', at('09:00')) })) };
});

beforeEach(() => city.clock(at('09:00')));

afterAll(() => city.database.close());

const lotOfResidents = (): Promise<string> => city.lot({ audience: { kind: 'RESIDENTS' }, quota: quotaOf({ STANDARD: 2 }) } as never);
const ADMISSION = 'id audience plate colour agreementId partyId party { id name } startsAt endsAt facility { id }';

const END = `mutation e($input: EndAdmissionsInput!) { endAdmissions(input: $input) { admissions { ${ADMISSION} } userErrors { code field } } }`;
const end = async (admissionIds: readonly string[], told: object = {}, viewer = city.operator): Promise<any> =>
  (await city.ask(viewer, END, { input: { admissionIds, reason: '迁出', idempotencyKey: `end ${++made}`, ...told } })).endAdmissions;
const list = async (facilityId: string, told: object = {}, viewer = city.operator): Promise<any> =>
  (await city.ask(viewer, `query l($id: ID!, $where: AdmissionWhere, $first: Int, $after: String) { admissions(facilityId: $id, where: $where, first: $first, after: $after) { totalCount pageInfo { hasNextPage endCursor } edges { node { ${ADMISSION} } } } }`, { id: facilityId, ...told })).admissions;
const idsOf = (page: { edges: ReadonlyArray<{ node: { id: string } }> }): string[] => page.edges.map(({ node }) => node.id);
const ends = async (ids: readonly string[]): Promise<unknown[]> => city.database.query('select ends_at from admitted_vehicle where id = any($1) order by id', [ids]);
const quote = async (viewer: Viewer, facilityId: string, plate: { number: string }): Promise<any> =>
  (await city.ask(viewer, 'mutation q($input: QuoteStayInput!) { quoteStay(input: $input) { quote { id audiences } userErrors { code } } }', { input: { facilityId, during: during('19:00–22:00'), plates: [plate], idempotencyKey: `quote ${++made}` } })).quoteStay;

test('2.5-5: the operator reads whom it has admitted, page by page, masked; nobody else reads any', async () => {
  const lot = await lotOfResidents();
  const ids = [...await city.admit(lot, ['闽C10001', '闽C10002']), ...await city.admit(lot, ['闽C10003'], { audience: 'AGREEMENT_HOLDERS', agreementId: 'agr_list', startsAt: new Date(at('12:00')).toISOString() })].sort();

  const first = await list(lot, { first: 2 });
  const second = await list(lot, { first: 2, after: first.pageInfo.endCursor });

  expect([...idsOf(first), ...idsOf(second)]).toEqual(ids.toReversed());
  expect([first.totalCount, first.pageInfo.hasNextPage, second.pageInfo.hasNextPage]).toEqual([3, true, false]);
  expect(JSON.stringify([first, second])).not.toContain('10001');
  expect(idsOf(await list(lot, { where: { agreementId: 'agr_list' } }))).toHaveLength(1);
  expect((await list(lot, { where: { at: new Date(at('09:30')).toISOString() } })).totalCount).toBe(2);
  expect(await list(lot, {}, foreign)).toMatchObject({ totalCount: 0, edges: [] });
});

test('2.5-5: among two thousand residents the vehicles of one are found page by page, by a plan that reads hers alone; nobody else finds any', async () => {
  const [lot, other] = [await lotOfResidents(), await lotOfResidents()];
  const resident = (await city.driver()).partyIds[0]!;
  const ids = [...await city.admit(lot, ['闽C60001', '闽C60002'], { partyId: resident }), ...await city.admit(lot, ['闽C60003'], { partyId: resident, audience: 'AGREEMENT_HOLDERS' })].sort();
  await city.admit(other, ['闽C60001'], { partyId: resident });
  const others = Array.from({ length: 2_000 }, () => [newId('admission', at('09:00')), newId('party', at('09:00'))]);
  await city.database.query(
    `insert into admitted_vehicle (city, id, facility_id, party_id, audience, plate_hash, masked_plate, starts_at, recorded_at, recorded_by)
     select m.city, n.id, m.facility_id, n.party_id, m.audience, n.id, m.masked_plate, m.starts_at, m.recorded_at, m.recorded_by from admitted_vehicle m, unnest($2::text[], $3::text[]) as n (id, party_id) where m.id = $1`,
    [ids[0], others.map(each => each[0]), others.map(each => each[1])],
  );
  await city.database.query('analyze admitted_vehicle');

  const first = await list(lot, { first: 2, where: { partyId: resident } });
  const second = await list(lot, { first: 2, after: first.pageInfo.endCursor, where: { partyId: resident } });

  expect([...idsOf(first), ...idsOf(second)]).toEqual(ids.toReversed());
  expect([first.totalCount, first.pageInfo.hasNextPage, second.pageInfo.hasNextPage]).toEqual([3, true, false]);
  expect(idsOf(await list(lot, { where: { partyId: resident, audiences: ['AGREEMENT_HOLDERS'] } }))).toHaveLength(1);
  expect(await list(lot, { where: { partyId: newId('party', at('09:00')) } })).toMatchObject({ totalCount: 0, edges: [] });
  expect(await list(lot, { where: { partyId: resident } }, foreign)).toMatchObject({ totalCount: 0, edges: [] });
  const filter = { facilityId: lot, audiences: null, agreementId: null, partyId: resident, isNamed: null, at: null };
  const plans: string[] = [];
  const explaining = { query: async (text: string, parameters: readonly unknown[]) => (plans.push(JSON.stringify(await city.database.query(`explain (format json) ${text}`, parameters))), [{ count: 0 }]) } as never;
  await listAdmissionRows(explaining, filter, { after: null, limit: 51 });
  await countAdmissions(explaining, filter);
  expect(plans.map(plan => plan.includes('admitted_vehicle_party'))).toEqual([true, true]);
});

test('2.5-5: what was admitted without saying whose it is, is found, and named afterwards: from then on its party books by it, and nobody else', async () => {
  const lot = await lotOfResidents();
  const [resident, other] = [await city.driver(), await city.driver()];
  const plate = newPlate();
  const [unnamed] = await city.admit(lot, [plate.number]);
  const [named] = await city.admit(lot, [newPlate().number], { partyId: other.partyIds[0]! });
  const name = async (admissionIds: readonly string[], partyId: string, viewer = city.operator, told: object = {}): Promise<any> =>
    (await city.ask(viewer, `mutation n($input: NameAdmissionsInput!) { nameAdmissions(input: $input) { admissions { ${ADMISSION} } userErrors { code field } } }`, { input: { admissionIds, partyId, reason: '补记住户', idempotencyKey: `name ${++made}`, ...told } })).nameAdmissions;
  const parties = () => city.database.query('select id, party_id as "partyId" from admitted_vehicle where facility_id = $1 order by id', [lot]);
  const before = await parties();

  expect([idsOf(await list(lot, { where: { isNamed: false } })), idsOf(await list(lot, { where: { isNamed: true } })), (await list(lot)).totalCount]).toEqual([[unnamed], [named], 2]);
  expect((await quote(resident, lot, plate)).quote).toBeNull();
  // All or none; nobody else's; nobody who is not there.
  expect((await name([unnamed!, named!], resident.partyIds[0]!)).userErrors).toEqual([{ code: 'ADMISSION_NAMED', field: 'admissionIds' }]);
  expect((await name([unnamed!], newId('party', at('09:00')), city.operator, { reason: ' ' })).userErrors.map(({ code }: { code: string }) => code)).toEqual(expect.arrayContaining(['PARTY_UNKNOWN']));
  await expect(name([unnamed!], resident.partyIds[0]!, foreign)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(await parties()).toEqual(before);

  const answer = await name([unnamed!], resident.partyIds[0]!, city.operator, { idempotencyKey: 'name once' });

  expect(answer).toMatchObject({ admissions: [{ id: unnamed, partyId: resident.partyIds[0] }], userErrors: [] });
  expect(await name([unnamed!], resident.partyIds[0]!, city.operator, { idempotencyKey: 'name once' })).toEqual(answer);
  expect((await quote(resident, lot, plate)).quote.audiences).toEqual(['RESIDENTS']);
  expect((await quote(other, lot, plate)).quote).toBeNull();
  expect(await city.database.query(`select reason, details ->> 'partyId' as "partyId" from audit_entry where object_id = $1`, [unnamed])).toEqual([{ reason: '补记住户', partyId: resident.partyIds[0] }]);
});

test('3.2-4: an agreement is named by 1 to 64 characters that can be read; any other is refused, and nobody is admitted', async () => {
  const lot = await lotOfResidents();
  const ask = async (agreementId: string): Promise<any> =>
    (await city.ask(city.operator, 'mutation a($input: AdmitVehiclesInput!) { admitVehicles(input: $input) { admissionIds userErrors { code field message } } }', { input: { facilityId: lot, audience: 'AGREEMENT_HOLDERS', agreementId, vehicles: [{ plate: newPlate().number }], idempotencyKey: `admit ${++made}` } })).admitVehicles;

  const refused = [await ask(''), await ask('  '), await ask('9'.repeat(65))];

  expect(refused.map(({ userErrors }) => userErrors.map(({ code, field }: { code: string; field: string }) => [code, field]))).toEqual(Array.from({ length: 3 }, () => [['AGREEMENT_ID_INVALID', 'agreementId']]));
  expect(refused[2].userErrors[0].message).toMatch(/65/);
  expect((await list(lot)).totalCount).toBe(0);
  for (const told of ['协', '9'.repeat(64), ' 泉停共字2022第1号 ']) expect((await ask(told)).userErrors).toEqual([]);
  expect((await list(lot)).edges.map(({ node }: { node: { agreementId: string } }) => node.agreementId).sort()).toEqual(['协', '9'.repeat(64), '泉停共字2022第1号'].sort());
});

test('2.5-5: an admission names whose vehicle it is; its facility’s parties read that, and the party by their right to see it; nobody unknown or erased is named', async () => {
  const [lot, driver, firm, gone] = [await lotOfResidents(), await city.driver(), await city.firm(), await city.driver()];
  await inUnit(city.system, unit => eraseParty(unit, gone.partyIds[0]!, unit.now));
  const invented = newId('party', at('09:00'));
  const refusalOf = async (partyId: string): Promise<any> =>
    (await city.ask(city.operator, 'mutation a($input: AdmitVehiclesInput!) { admitVehicles(input: $input) { admissionIds userErrors { code field message } } }', { input: { facilityId: lot, audience: 'RESIDENTS', partyId, vehicles: [{ plate: newPlate().number }], idempotencyKey: `admit ${++made}` } })).admitVehicles;

  const refused = [await refusalOf(invented), await refusalOf(gone.partyIds[0]!)];

  expect(refused).toEqual([invented, gone.partyIds[0]!].map(id => ({ admissionIds: [], userErrors: [{ code: 'PARTY_UNKNOWN', field: 'partyId', message: `there is no party ${id}` }] })));
  expect((await list(lot)).totalCount).toBe(0);
  for (const [nth, partyId] of [driver.partyIds[0], firm.partyIds[0], null].entries()) {
    city.clock(at('09:00') + nth);
    await city.admit(lot, [newPlate().number], { partyId });
  }
  const named = (page: any): unknown[] => page.edges.map(({ node }: any) => [node.partyId, node.party?.id ?? null]);
  // A person is seen by whoever has the right to; that it is somebody, and who, stands in the admission.
  expect(named(await list(lot))).toEqual([[null, null], [firm.partyIds[0], firm.partyIds[0]], [driver.partyIds[0], null]]);
  expect(named(await list(lot, {}, { ...city.operator, grants: [...city.operator.grants, { action: 'party:read', partyId: driver.partyIds[0]!, jurisdictionCode: null }] }))[2]).toEqual([driver.partyIds[0], driver.partyIds[0]]);
});

test('2.5-5: who is no resident any more is quoted nothing further; what was booked stands, and opens the gate', async () => {
  const lot = await lotOfResidents();
  const driver = await city.driver();
  const [booked, quoted] = [newPlate(), newPlate()];
  const ids = await city.admit(lot, [booked.number, quoted.number], { partyId: driver.partyIds[0] });
  const { quote: kept } = await quote(driver, lot, booked);
  const { reservation } = await city.reserve(driver, kept.id, { plates: [booked] });
  const { quote: late } = await quote(driver, lot, quoted);

  const { admissions, userErrors } = await end(ids);

  expect(userErrors).toEqual([]);
  expect(admissions.map(({ id, endsAt }: any) => [id, Date.parse(endsAt)])).toEqual([...ids].sort().map(id => [id, at('09:00')]));
  const refused = await city.reserve(driver, late.id, { plates: [quoted] });
  expect([refused.reservation, refused.userErrors.map(({ code }: any) => code)]).toEqual([null, ['VEHICLE_NOT_ADMITTED']]);
  expect((await quote(driver, lot, quoted)).userErrors).toMatchObject([{ code: 'NOT_LENT' }]);
  city.clock(at('18:50'));
  expect((await city.decide(lot, booked.number)).decision).toMatchObject({ isAdmitted: true, basis: 'RESERVATION', reservation: { id: reservation.id } });
  expect((await city.decide(lot, quoted.number)).decision).toMatchObject({ isAdmitted: false });
});

test('an admission that is ended before it begins held at no time, and stays on record', async () => {
  const lot = await lotOfResidents();
  const startsAt = new Date(at('12:00')).toISOString();
  const ids = await city.admit(lot, ['闽C20001'], { startsAt });

  const [{ startsAt: from, endsAt: until }] = (await end(ids)).admissions;
  expect([Date.parse(from), Date.parse(until)]).toEqual([at('12:00'), at('12:00')]);

  expect((await list(lot, { where: { at: startsAt } })).totalCount).toBe(0);
  expect((await list(lot)).totalCount).toBe(1);
});

test('all or none: a past end, an end that stands earlier, no reason are refused with their numbers, and nothing is written', async () => {
  const lot = await lotOfResidents();
  const [open] = await city.admit(lot, ['闽C30001']);
  const [ended] = await city.admit(lot, ['闽C30002'], { endsAt: new Date(at('10:00')).toISOString() });
  const before = await ends([open!, ended!]);
  const audited = async (): Promise<unknown> => city.database.query(`select count(*)::int as count from audit_entry where object_type = 'admission'`);
  const lines = await audited();

  expect((await end([open!], { endsAt: new Date(at('08:59')).toISOString() })).userErrors).toMatchObject([{ code: 'ENDS_IN_PAST', field: 'endsAt' }]);
  expect((await end([open!, ended!], { endsAt: new Date(at('11:00')).toISOString() })).userErrors).toMatchObject([{ code: 'ADMISSION_ENDS_EARLIER', field: 'admissionIds' }]);
  expect((await end([open!], { reason: ' ' })).userErrors).toMatchObject([{ code: 'REASON_INVALID', field: 'reason' }]);

  expect(await ends([open!, ended!])).toEqual(before);
  expect(await audited()).toEqual(lines);
});

test('another’s admission answers as one that nobody made, beside one’s own, too', async () => {
  const lot = await lotOfResidents();
  const ids = await city.admit(lot, ['闽C40001']);
  const before = await ends(ids);
  const invented = newId('admission', at('09:00'));
  const messageOf = (asked: Promise<unknown>): Promise<string> => asked.then(() => 'answered', (error: Error) => error.message);

  const [foreigner, nobody, mixed] = [await messageOf(end(ids, {}, foreign)), await messageOf(end([invented], {}, foreign)), await messageOf(end([...ids, invented]))];

  expect(foreigner.replace(ids[0]!, 'ID')).toBe(nobody.replace(invented, 'ID'));
  expect(mixed).toContain(invented);
  expect(await ends(ids)).toEqual(before);
});

test('I17: repeated with its key it answers the same and is recorded once; with another end it is a conflict', async () => {
  const lot = await lotOfResidents();
  const ids = await city.admit(lot, ['闽C50001']);

  const first = await end(ids, { idempotencyKey: 'end-once' });
  city.clock(at('09:10'));
  const again = await end(ids, { idempotencyKey: 'end-once' });

  expect(again).toEqual(first);
  expect(await city.database.query(`select details ->> 'endsAt' as "endsAt", reason from audit_entry where object_id = $1`, [ids[0]])).toEqual([{ endsAt: String(at('09:00')), reason: '迁出' }]);
  await expect(end(ids, { idempotencyKey: 'end-once', endsAt: new Date(at('11:00')).toISOString() })).rejects.toThrow('end-once');
});

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { registerFacilities, type FacilityDraft } from '../../src/facilities/index.js';
import { recordDelegation } from '../../src/identity/index.js';
import { done, isRefusal } from '../../src/kernel/index.js';
import { transaction, type Viewer } from '../../src/platform/index.js';
import { decodeTerms, type WindowTerms } from '../../src/sharing/index.js';
import { quotaOf } from '../../src/sharing/rules/window.js';
import { valueOf } from '../facilities/city.js';
import { anonymous } from '../support/scope.js';
import { lenderOf, officerOf, openLendingCity, told, type LendingCity, type Lot } from './city.js';

let city: LendingCity;
let key = 0;

beforeAll(async () => {
  city = await openLendingCity();
});

afterAll(() => city.database.close());

const NIGHTS = { name: '夜间', mode: 'OFF_PEAK_SHARE', rules: [{ days: { weekdays: ['MONDAY', 'FRIDAY'] }, from: { time: '18:00' }, until: { at: { time: '07:30', dayOffset: 1 } } }], quota: [{ spaceClass: 'STANDARD', spaces: 10 }], audience: { kind: 'PUBLIC' }, validFromOn: '2026-01-01', validUntilOn: '2027-01-01' };

async function mutate(viewer: Viewer, name: string, input: object): Promise<any> {
  const selection = name === 'recordProof' ? 'proof { id kind }' : /usp/.test(name) ? 'suspension { id }' : 'window { id version status exceptions { id kind } quota { spaceClass spaces } } findings { code clause }';
  const type = { pauseWindow: 'WindowStatusInput', resumeWindow: 'WindowStatusInput', withdrawWindow: 'WindowStatusInput' }[name] ?? `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
  const data = await city.ask(city.as(viewer), `mutation ($input: ${type}!) { ${name}(input: $input) { ${selection} userErrors { code field clause } } }`, { input: { idempotencyKey: `k${++key}`, ...input } });
  return data[name];
}

const publish = (lot: Lot, terms: object = {}, viewer: Viewer = lenderOf(lot.ownerId)) => mutate(viewer, 'publishWindow', { facilityId: lot.facilityId, terms: { ...NIGHTS, ...terms } });
const searched = async (facilityId: string) => (await city.database.query<{ windows: any[] }>('select windows from facility_search where facility_id = $1', [facilityId]))[0]!.windows;

/** Asserts that a call is refused with these codes and that no table of the room, no audit and no search row changed. */
async function expectRefused(call: () => Promise<any>, codes: readonly string[]) {
  const before = await city.counts();
  expect((await call()).userErrors.map((error: any) => `${error.clause ?? '-'} ${error.code}`)).toEqual(codes);
  expect(await city.counts()).toEqual(before);
}

async function expectFault(call: () => Promise<any>, code: string) {
  const before = await city.counts();
  await expect(call()).rejects.toMatchObject({ code });
  expect(await city.counts()).toEqual(before);
}

describe('the six categories decide what may be published, and a refusal writes nothing', () => {
  const lotOf = (differs: Partial<FacilityDraft>) => city.lot(differs);
  const RESOLUTION = { areaTotal: 9000, areaParticipating: 6000, areaInFavour: 4500, ownersTotal: 90, ownersParticipating: 60, ownersInFavour: 45, businessUse: true };
  const street = officerOf('350503001');

  test('2.1-2 key area: not all day is a missed chance, told and not refused', async () => {
    expect((await publish(await lotOf({ category: 'KEY_AREA_PUBLIC' }))).findings).toEqual([{ code: 'ALL_DAY_OPENING_ENCOURAGED', clause: '2.1-2' }]);
  });

  test('2.2 institution: a security plan is asked for, and keeping shareable spaces is told', async () => {
    const lot = await lotOf({ category: 'INSTITUTION', sector: 'AGENCY', owner: { id: await city.party('AGENCY') } });

    expect((await publish(lot)).findings).toEqual([{ code: 'SECURITY_PLAN_MISSING', clause: '2.2-2' }, { code: 'SHAREABLE_SPACES_KEPT', clause: '2.2-1' }]);
    await mutate(lenderOf(lot.ownerId), 'recordProof', { facilityId: lot.facilityId, proof: { securityPlan: true }, checkedBy: '保卫科', checkedOn: '2026-02-01' });
    expect((await publish(lot)).findings.map((each: any) => each.code)).toEqual(['SHAREABLE_SPACES_KEPT']);
  });

  test('2.3-6 public spaces that planning required open whole and to all', async () => {
    const lot = await lotOf({ planningRequiredSpaces: 30 });

    await expectRefused(() => publish(lot, { audience: { kind: 'RESIDENTS' } }), ['2.3-6 SELF_OCCUPATION_FORBIDDEN', '2.3-6 AUDIENCE_TOO_NARROW']);
    expect((await publish(lot, { quota: [{ spaceClass: 'STANDARD', spaces: 30 }] })).userErrors).toEqual([]);
  });

  test('2.4 commercial: charging without registration is a finding; after closing needs a closing time', async () => {
    const lot = await lotOf({ category: 'COMMERCIAL', sector: 'COMMERCIAL' });
    const charge = async ({ facilityId }: Lot) => valueOf((await city.publish(city.system, { facility: { id: facilityId }, terms: told({ tariffId: 'tar_1' }) }))[0]).findings.map(each => each.code);
    const afterClose = { rules: [{ days: { weekdays: ['MONDAY'] }, from: { minutesAfterClose: 30 }, until: { durationMinutes: 480 } }] };

    await expectRefused(() => publish(lot, afterClose), ['2.4-3 CLOSING_TIME_UNKNOWN']);
    expect(await charge(lot)).toEqual(['BUSINESS_REGISTRATION_MISSING']);
    const registered = await lotOf({ category: 'COMMERCIAL', sector: 'COMMERCIAL', registration: { no: '闽停备1号', validToOn: '2026-02-20', status: 'VALID' } });
    expect(await charge(registered)).toEqual(['BUSINESS_REGISTRATION_EXPIRES']);
  });

  test('2.5-4, I11 residential: jointly owned spaces need an owners’ resolution that carries', async () => {
    const lot = await lotOf({ category: 'RESIDENTIAL', sector: 'RESIDENTIAL', ownership: 'JOINT', owner: { id: await city.party('OWNERS_ASSEMBLY') } });
    const neighbours = { audience: { kind: 'NEIGHBOURS', withinMetres: 500 } };
    const owners = lenderOf(lot.ownerId);
    const record = (ownersResolution: object) => mutate(owners, 'recordProof', { facilityId: lot.facilityId, proof: { ownersResolution }, checkedBy: '东湖社区', checkedOn: '2026-02-01' });

    await expectRefused(() => publish(lot), ['2.5-4 OWNERS_RESOLUTION_MISSING', '2.5-5 AUDIENCE_TOO_WIDE']);
    await expectRefused(() => record({ ...RESOLUTION, ownersInFavour: 61 }), ['2.5-4 RESOLUTION_INCONSISTENT']);
    await record({ ...RESOLUTION, areaInFavour: 4499 });
    await expectRefused(() => publish(lot, neighbours), ['2.5-4 AGREEMENT_TOO_LOW']);
    await record(RESOLUTION);
    expect((await publish(lot, neighbours)).userErrors).toEqual([]);
    expect(await city.database.query('select count(*)::int as proofs from window_proof where facility_id = $1', [lot.facilityId])).toEqual([{ proofs: 1 }]);
  });

  test('2.6-1, I15 private: one numbered space, after an office verified the title; the owner cannot vouch for itself', async () => {
    const lot = await lotOf({ category: 'PRIVATE_SPACE', ownership: 'PRIVATE', resourceKind: 'DEDICATED', owner: { id: await city.party('PERSON') }, zones: [{ capacity: [{ spaceClass: 'STANDARD', total: 1, shareable: 1 }], spaces: [{ number: 'B-12', spaceClass: 'STANDARD' }] }] });
    const one = { quota: [{ spaceClass: 'STANDARD', spaces: 1 }] };
    const verify = (viewer: Viewer) => mutate(viewer, 'recordProof', { facilityId: lot.facilityId, proof: { titleVerification: { validUntilOn: '2026-12-01' } }, checkedBy: '不动产登记中心', checkedOn: '2026-02-10' });

    await expectRefused(() => publish(lot, one), ['2.6-1 TITLE_VERIFICATION_MISSING']);
    await expectFault(() => verify(lenderOf(lot.ownerId)), 'FORBIDDEN');
    await expectFault(() => verify(officerOf('350521')), 'FORBIDDEN');
    expect((await verify(street)).proof.kind).toBe('TITLE_VERIFICATION');
    expect((await publish(lot, one)).userErrors).toEqual([]);
  });

  test('2.5-1 added spaces that failed a check are not lent', async () => {
    const lot = await lotOf({});
    await mutate(street, 'recordProof', { facilityId: lot.facilityId, proof: { spaceAdditionChecks: { green: true, activityArea: true, traffic: true, fire: false } }, checkedBy: '消防', checkedOn: '2026-02-01' });

    await expectRefused(() => publish(lot), ['2.5-1 ADDED_SPACES_NOT_CLEARED']);
  });
});

test('who may publish: owner and manager; nobody else, and nothing is written', async () => {
  const manager = await city.party('PROPERTY_MANAGER');
  const lot = await city.lot({ manager: { id: manager } });
  const other = await city.party('ENTERPRISE');
  const { window } = await publish(lot, {}, lenderOf(manager));

  await expectFault(() => publish(lot, {}, lenderOf(other)), 'FORBIDDEN');
  await expectFault(() => publish(lot, {}, lenderOf(lot.ownerId, ['window:suspend'])), 'FORBIDDEN');
  await expectFault(() => publish(lot, {}, officerOf('350503')), 'FORBIDDEN');
  await expectFault(() => publish(lot, {}, anonymous), 'UNAUTHENTICATED');
  for (const name of ['pauseWindow', 'withdrawWindow']) await expectFault(() => mutate(lenderOf(other), name, { windowId: window.id, reason: '试' }), 'FORBIDDEN');
  await expectFault(() => mutate(lenderOf(other), 'suspendSharing', { scope: { facilityId: lot.facilityId }, reason: '试' }), 'FORBIDDEN');
  await expectFault(() => mutate(lenderOf(lot.ownerId), 'suspendSharing', { scope: { jurisdictionCode: '350503' }, reason: '试' }), 'FORBIDDEN');
  await expectFault(() => mutate(officerOf('350521'), 'suspendSharing', { scope: { jurisdictionCode: '350503' }, reason: '试' }), 'FORBIDDEN');
});

test('I12, 3.5-1, 3.5-2: an operator publishes under a delegation that holds at that instant, and no longer', async () => {
  const [owner, operator] = [await city.party('AGENCY'), await city.party('OPERATOR')];
  const lot = await city.lot({ category: 'INSTITUTION', sector: 'AGENCY', owner: { id: owner }, operator: { id: operator } });
  const acting = lenderOf(operator);
  const now = city.services.clock.now();

  await expectRefused(() => publish(lot, {}, acting), ['3.5-1 DELEGATION_MISSING']);
  valueOf(await recordDelegation(city.system, { principalId: owner, agentId: operator, powers: ['SHARE'], startsAt: now, endsAt: now + 3_600_000, procurementReference: '泉财采〔2026〕8号' }));
  expect((await publish(lot, {}, acting)).userErrors).toEqual([]);
  city.services.clock.set(now + 3_600_000);
  await expectRefused(() => publish(lot, { name: '另一' }, acting), ['3.5-1 DELEGATION_MISSING']);
  city.services.clock.set(now);
});

test('I18: a change upon an older version is refused with the current one; the same key answers the first result', async () => {
  const lot = await city.lot();
  const owner = lenderOf(lot.ownerId);
  const { window } = await publish(lot);
  const revision = { windowId: window.id, expectedVersion: '1', terms: { ...NIGHTS, quota: [{ spaceClass: 'STANDARD', spaces: 12 }] }, idempotencyKey: 'revise-once' };

  const revised = await mutate(owner, 'reviseWindow', revision);
  expect(revised.window).toMatchObject({ version: '2', quota: [{ spaceClass: 'STANDARD', spaces: 12 }] });
  expect(await mutate(owner, 'reviseWindow', revision)).toEqual(revised);
  await expectRefused(() => mutate(owner, 'reviseWindow', { ...revision, idempotencyKey: 'revise-late' }), ['- VERSION_MOVED']);
  await expectRefused(() => mutate(owner, 'reviseWindow', { ...revision, expectedVersion: '2', reason: ' ', idempotencyKey: 'revise-why' }), ['- REASON_INVALID']);
  await expectRefused(() => mutate(owner, 'reviseWindow', { ...revision, expectedVersion: '2', idempotencyKey: 'revise-more', terms: { ...NIGHTS, quota: [{ spaceClass: 'STANDARD', spaces: 41 }] } }), ['- QUOTA_EXCEEDS_SHAREABLE']);
});

test('what reading the terms would drop or fill in is refused, by its path in the input, when publishing and when revising', async () => {
  const lot = await city.lot();
  const { window } = await publish(lot);
  const refused = async (terms: object, errors: readonly object[]) => {
    const before = await city.counts();
    expect((await publish(lot, terms)).userErrors).toEqual(errors);
    expect((await mutate(lenderOf(lot.ownerId), 'reviseWindow', { windowId: window.id, terms: { ...NIGHTS, ...terms } })).userErrors).toEqual(errors);
    expect(await city.counts()).toEqual(before);
  };

  const metres = { field: 'terms.audience.withinMetres', clause: '2.5-5' };
  await refused({ audience: { kind: 'PUBLIC', withinMetres: 500 } }, [{ code: 'AUDIENCE_METRES', ...metres }]);
  await refused({ audience: { kind: 'NEIGHBOURS' } }, [{ code: 'MISSING', ...metres }]);
  await refused({ audience: { kind: 'NEIGHBOURS', withinMetres: 0 } }, [{ code: 'NEIGHBOURHOOD_INVALID', ...metres }]);
});

test('a refusal points into the caller’s own input, or nowhere where the input has no such field', async () => {
  const lot = await city.lot({ zones: ['A', 'B'].map(code => ({ code, capacity: [{ spaceClass: 'STANDARD' as const, total: 100, shareable: 40 }] })) });
  const owner = lenderOf(lot.ownerId);
  const fieldsOf = async (name: string, input: object) => (await mutate(owner, name, input)).userErrors.map((error: any) => error.field);
  const closed = { fromOn: '2026-03-02', untilOn: '2026-03-03', kind: 'CLOSED', reason: '活动' };
  const early = { ...NIGHTS, validUntilOn: NIGHTS.validFromOn, rules: [{ ...NIGHTS.rules[0], from: { time: '24:00' } }] };

  expect(await fieldsOf('publishWindow', { facilityId: lot.facilityId, terms: NIGHTS })).toEqual(['zoneId']);
  const here = { facilityId: lot.facilityId, zoneId: lot.zoneId };
  expect(await fieldsOf('publishWindow', { ...here, terms: early, exceptions: [{ ...closed, untilOn: closed.fromOn }] })).toEqual(['terms.rules[0].from.time', 'terms.validUntilOn', 'exceptions[0].untilOn']);
  const { window } = await mutate(owner, 'publishWindow', { ...here, terms: NIGHTS, exceptions: [closed] });
  expect(await fieldsOf('reviseWindow', { windowId: window.id, terms: early })).toEqual(['terms.rules[0].from.time', 'terms.validUntilOn']);
  expect(await fieldsOf('addException', { windowId: window.id, exception: { ...closed, untilOn: closed.fromOn } })).toEqual(['exception.untilOn']);
  expect(await fieldsOf('addException', { windowId: window.id, exception: { ...closed, kind: 'QUOTA', quota: [{ spaceClass: 'STANDARD', spaces: 41 }] } })).toEqual(['exception.quota']);
  await mutate(owner, 'pauseWindow', { windowId: window.id, reason: '内部使用' });
  await mutate(owner, 'publishWindow', { ...here, terms: { ...NIGHTS, quota: [{ spaceClass: 'STANDARD', spaces: 40 }] } });
  expect(await fieldsOf('resumeWindow', { windowId: window.id, reason: '恢复' })).toEqual([null]);
  expect(await fieldsOf('recordProof', { facilityId: lot.facilityId, proof: { procurementReference: ' ' }, checkedBy: ' ', checkedOn: '2026-02-01' })).toEqual(['checkedBy', 'proof.procurementReference']);
});

test('P11: a window is paused, resumed and withdrawn; resuming is judged anew, and a withdrawn one never comes back', async () => {
  const lot = await city.lot();
  const owner = lenderOf(lot.ownerId);
  const { window } = await publish(lot, { quota: [{ spaceClass: 'STANDARD', spaces: 30 }] });
  const act = (name: string, windowId = window.id) => mutate(owner, name, { windowId, reason: '内部使用' });

  for (const [name, reason] of [['pauseWindow', ''], ['withdrawWindow', ' '], ['resumeWindow', '因'.repeat(501)]] as const) await expectRefused(() => mutate(owner, name, { windowId: window.id, reason }), ['- REASON_INVALID']);
  expect((await act('pauseWindow')).window).toMatchObject({ status: 'PAUSED', version: '2' });
  expect(await searched(lot.facilityId)).toEqual([]);
  expect(await city.ask(city.as(anonymous), `{ sharingWindow(id: "${window.id}") { id } }`)).toEqual({ sharingWindow: null });
  const { window: second } = await publish(lot, { name: '另一', quota: [{ spaceClass: 'STANDARD', spaces: 30 }] });
  await expectRefused(() => act('resumeWindow'), ['- QUOTA_EXCEEDS_CAPACITY']);
  await act('withdrawWindow', second.id);
  expect((await act('resumeWindow')).window).toMatchObject({ status: 'PUBLISHED', version: '3' });
  await expectRefused(() => act('resumeWindow'), ['- ILLEGAL_TRANSITION']);
  await expectRefused(() => act('resumeWindow', second.id), ['- ILLEGAL_TRANSITION']);
  await expectRefused(() => mutate(owner, 'reviseWindow', { windowId: second.id, terms: NIGHTS }), ['- WINDOW_WITHDRAWN']);
});

test('exceptions are added above those before them and taken away again, each a version', async () => {
  const lot = await city.lot();
  const owner = lenderOf(lot.ownerId);
  const { window } = await publish(lot);
  const add = (exception: object) => mutate(owner, 'addException', { windowId: window.id, exception: { fromOn: '2026-03-02', untilOn: '2026-03-03', reason: '活动', ...exception } });

  const added = await add({ kind: 'CLOSED' });
  expect(added.window).toMatchObject({ version: '2', exceptions: [{ kind: 'CLOSED' }] });
  await expectRefused(() => add({ kind: 'QUOTA', quota: [{ spaceClass: 'STANDARD', spaces: 41 }] }), ['- QUOTA_EXCEEDS_SHAREABLE']);
  await expectRefused(() => add({ kind: 'CLOSED', untilOn: '2026-03-02', reason: ' ' }), ['- EXCEPTION_EMPTY', '- REASON_INVALID']);
  await expectFault(() => add({ kind: 'HOURS' }), 'BAD_USER_INPUT');
  await expectRefused(() => mutate(owner, 'removeException', { windowId: window.id, exceptionId: added.window.exceptions[0].id, reason: ' ' }), ['- REASON_INVALID']);
  const removed = await mutate(owner, 'removeException', { windowId: window.id, exceptionId: added.window.exceptions[0].id, reason: '取消' });
  expect(removed.window).toMatchObject({ version: '3', exceptions: [] });
  await expectRefused(() => mutate(owner, 'removeException', { windowId: window.id, exceptionId: 'exc_01m81yk96kf12aeq9wj69jk0nq', reason: '取消' }), ['- EXCEPTION_UNKNOWN']);
});

test('4.5-7: an office suspends its jurisdiction at once, also for what is published later; lifting it restores all', async () => {
  const [here, there] = [await city.lot({ jurisdictionCode: '350521102', coordinate: { longitude: 118.82, latitude: 24.97, crs: 'WGS84' } }), await city.lot()];
  await publish(here);
  await publish(there);
  const officer = officerOf('350521');

  const { suspension } = await mutate(officer, 'suspendSharing', { scope: { jurisdictionCode: '350521' }, reason: '台风' });
  await publish(here, { name: '后来' });

  const now = city.services.clock.now();
  expect((await searched(here.facilityId)).map(window => window.suspensions)).toEqual(Array(2).fill([{ id: suspension.id, startsAt: now, endsAt: null, reason: '台风' }]));
  expect((await searched(there.facilityId)).map(window => window.suspensions)).toEqual([[]]);
  await expectRefused(() => mutate(officer, 'liftSuspension', { suspensionId: suspension.id, reason: '' }), ['4.5-7 REASON_INVALID']);
  expect((await mutate(officer, 'liftSuspension', { suspensionId: suspension.id, reason: '解除' })).userErrors).toEqual([]);
  expect((await searched(here.facilityId)).map(window => window.suspensions)).toEqual([[], []]);
  await expectRefused(() => mutate(officer, 'liftSuspension', { suspensionId: suspension.id, reason: '再' }), ['4.5-7 SUSPENSION_ENDED']);
  await expectRefused(() => mutate(officer, 'suspendSharing', { scope: { jurisdictionCode: '350521' }, startsAt: '2026-02-13T08:00:00+08:00', endsAt: '2026-02-13T08:00:00+08:00', reason: ' ' }), ['4.5-7 REASON_INVALID', '- STARTS_IN_THE_PAST', '- INTERVAL_EMPTY']);
});

test('a search row says what the windows say, and a rebuilt facility keeps it', async () => {
  const lot = await city.lot();
  await publish(lot);
  await publish(lot, { name: '第二' });
  const retold = { ...(await draftOf(lot)), name: '改名停车场', observedOn: '2026-02-01' };

  const before = await searched(lot.facilityId);
  valueOf(await transaction(city.system, async unit => done((await registerFacilities(unit, [retold])).some(isRefusal))));
  expect(await searched(lot.facilityId)).toEqual(before);
  const stored = await city.database.query<{ id: string; zone_id: string; version: number; terms: unknown }>(`select id, zone_id, version, terms from sharing_window where facility_id = $1 and status = 'PUBLISHED' order by id`, [lot.facilityId]);
  expect(before).toEqual(stored.map(({ id, zone_id, version, terms }) => ({ id, zoneId: zone_id, version: String(version), terms, suspensions: [] })));
  expect(before.map(window => decodeTerms(window.terms).name).sort()).toEqual(['夜间', '第二'].sort());
});

async function draftOf(lot: Lot): Promise<FacilityDraft> {
  const { facilityDraft } = await import('../facilities/city.js');
  return facilityDraft(lot.sourceCode, { owner: { id: lot.ownerId } });
}

test('lists page by id and cost the same number of statements whatever their size', async () => {
  const lots = await Promise.all([city.lot(), city.lot(), city.lot()]);
  for (const lot of lots) await publish(lot);
  const listed = (first: number) => city.ask(city.as(anonymous), `{ sharingWindows(where: { facilityIds: ${JSON.stringify(lots.map(lot => lot.facilityId))} }, first: ${first}) { totalCount pageInfo { hasNextPage } edges { node { facility { id windows { edges { node { zone { id } suspensions { id } evaluate(at: "2026-03-02T20:00:00+08:00") { lent } } } } } } } } }`);

  await listed(1);
  const counted: number[] = [];
  for (const first of [1, 3]) {
    const before = city.statements();
    const { sharingWindows } = await listed(first);
    counted.push(city.statements() - before);
    expect(sharingWindows).toMatchObject({ totalCount: 3, pageInfo: { hasNextPage: first < 3 } });
    expect(sharingWindows.edges.map((edge: any) => edge.node.facility.windows.edges.map((each: any) => each.node.evaluate.lent))).toEqual(Array(first).fill([true]));
  }
  expect(counted).toEqual([9, 9]);
});

test('terms survive the way through the schema unchanged', async () => {
  const lot = await city.lot();
  const { window } = await publish(lot, { rules: [{ days: { eveOfRest: true }, from: { time: '20:00' }, until: { next: { dayTypes: ['WORKDAY'], time: '07:00' } } }], entryCurfews: [{ from: '23:00', until: '05:00' }], releasePlan: { time: '20:30', spaces: 3 }, leastCredit: 60 });

  const [row] = await city.database.query<{ terms: unknown }>('select terms from sharing_window where id = $1', [window.id]);
  const expected: WindowTerms = {
    ...told({ name: '夜间' }), rules: [{ days: { eveOfRest: true }, from: { minute: 1200 }, until: { untilNext: { dayTypes: ['WORKDAY'], minute: 420 } } }], quota: quotaOf({ STANDARD: 10 }),
    entryCurfews: [{ fromMinute: 1380, untilMinute: 300 }], releasePlan: { atMinute: 1230, spaces: 3 }, leastCredit: 60, exceptions: [], status: 'PUBLISHED',
  };
  expect(decodeTerms(row!.terms)).toEqual(expected);
  const { sharingWindow } = await city.ask(city.as(anonymous), `{ sharingWindow(id: "${window.id}") { rules { days { weekdays dayTypes eveOfRest } from { time minutesAfterClose } until { durationMinutes time dayOffset next { dayTypes time } } } entryCurfews { from until } releasePlan { time spaces } leastCredit validFromOn validUntilOn } }`);
  expect(sharingWindow).toEqual({
    rules: [{ days: { weekdays: null, dayTypes: null, eveOfRest: true }, from: { time: '20:00', minutesAfterClose: null }, until: { durationMinutes: null, time: null, dayOffset: null, next: { dayTypes: ['WORKDAY'], time: '07:00' } } }],
    entryCurfews: [{ from: '23:00', until: '05:00' }], releasePlan: { time: '20:30', spaces: 3 }, leastCredit: 60, validFromOn: '2026-01-01', validUntilOn: '2027-01-01',
  });
});

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { addMembership, issueApiKey, registerParty } from '../../src/identity/index.js';
import { grantsOfMembership } from '../../src/identity/rules/reach.js';
import type { Viewer } from '../../src/platform/index.js';
import { pauseWindow } from '../../src/sharing/change-window-status.js';
import { facilityDraft, register, valueOf } from '../facilities/city.js';
import { codesOf, lenderOf, officerOf, openLendingCity, told, type LendingCity } from './city.js';

let city: LendingCity;
let committee: string;

beforeAll(async () => {
  city = await openLendingCity();
  committee = valueOf(await registerParty(city.system, { kind: 'AUTHORITY', department: 'URBAN_MANAGEMENT', name: '台商投资区城管局', jurisdictionCode: 'QZ-TIA' })).partyId;
});

afterAll(() => city.database.close());

const inZone = { jurisdictionCode: '350521101', coordinate: { longitude: 118.72, latitude: 24.87, crs: 'WGS84' as const } };
const besideIt = { jurisdictionCode: '350521102', coordinate: { longitude: 118.82, latitude: 24.97, crs: 'WGS84' as const } };
const officer = (): Viewer => ({ ...officerOf('QZ-TIA'), grants: [...grantsOfMembership({ role: 'AUTHORITY_OFFICER', partyId: committee, jurisdictionCode: 'QZ-TIA' })] });
const suspend = (scope: object, key: string) => city.ask(city.as(officer()), `mutation ($input: SuspendSharingInput!) { suspendSharing(input: $input) { suspension { jurisdictionCode } userErrors { code } } }`, { input: { scope, reason: '台风', idempotencyKey: key } });

test('0-1: the office of a development zone gives its officers and keys the zone, and nothing beyond it', async () => {
  const person = await city.party('PERSON');
  const join = (jurisdictionCode: string) => addMembership(city.system, { memberId: person, partyId: committee, role: 'AUTHORITY_OFFICER', jurisdictionCode });

  expect(codesOf(await join('350521101'))).toEqual(['JURISDICTION_BEYOND_PARTY']);
  expect(codesOf(await join('qz-tia'))).toEqual(['JURISDICTION_CODE_INVALID']);
  valueOf(await join('QZ-TIA'));
  valueOf(await issueApiKey(city.system, { partyId: committee, name: '接入', scopes: ['facility:write'], reach: 'JURISDICTION', jurisdictionCode: 'QZ-TIA' }));
  expect(await city.database.query('select jurisdiction_code as code from membership union all select jurisdiction_code from api_key')).toEqual([{ code: 'QZ-TIA' }, { code: 'QZ-TIA' }]);
});

test('0-1, G8: it registers and suspends what it counts, though a county lies around it; beside it, nothing', async () => {
  const [own, other] = [await city.lot(inZone), await city.lot(besideIt)];

  const outcomes = await register(city.as(officer()), facilityDraft('Z1', inZone), facilityDraft('Z2', besideIt));

  expect(outcomes.map(codesOf)).toEqual([[], ['NOT_ALLOWED']]);
  expect((await suspend({ facilityId: own.facilityId }, 'z1')).suspendSharing.userErrors).toEqual([]);
  await expect(suspend({ facilityId: other.facilityId }, 'z2')).rejects.toMatchObject({ extensions: { code: 'FORBIDDEN' } });
  expect((await suspend({ jurisdictionCode: 'QZ-TIA' }, 'z3')).suspendSharing.suspension).toEqual({ jurisdictionCode: 'QZ-TIA' });
  await expect(suspend({ jurisdictionCode: '350521101' }, 'z4')).rejects.toMatchObject({ extensions: { code: 'FORBIDDEN' } });
});

test('what is paused is listed for whoever may publish in the zone, and for nobody beside it', async () => {
  const [own, other] = [await city.lot(inZone), await city.lot(besideIt)];
  const ids: string[] = [];
  for (const lot of [own, other]) {
    const { windowId } = valueOf((await city.publish(city.as(lenderOf(lot.ownerId)), { facility: { id: lot.facilityId }, terms: told() }))[0]);
    valueOf(await pauseWindow(city.as(lenderOf(lot.ownerId)), { windowId, reason: '检修', idempotencyKey: windowId }));
    ids.push(windowId);
  }
  const listed = async (viewer: Viewer) => (await city.ask(city.as(viewer), '{ sharingWindows(where: { statuses: [PAUSED] }) { edges { node { id } } } }')).sharingWindows.edges.map((edge: { node: { id: string } }) => edge.node.id);

  expect(await listed(officerOf('QZ-TIA', ['window:publish']))).toEqual([ids[0]]);
  expect(await listed(officerOf('350521', ['window:publish']))).toEqual([...ids].sort());
  expect(await listed(officerOf('350503', ['window:publish']))).toEqual([]);
});

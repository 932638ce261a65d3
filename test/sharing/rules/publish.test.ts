import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { checkOwnersResolution, type OwnersResolution } from '../../../src/sharing/rules/owners-resolution.js';
import { checkPublication, type Delegation, type Proof, type Publication, type PublicationSubject } from '../../../src/sharing/rules/publish.js';
import { quotaOf } from '../../../src/sharing/rules/window.js';
import { closure, day, NIGHTLY, terms } from './terms-builder.js';

const CARRIED: OwnersResolution = { kind: 'OWNERS_RESOLUTION', areaTotal: 9000, areaParticipating: 6000, areaInFavour: 4500, ownersTotal: 90, ownersParticipating: 60, ownersInFavour: 45, businessUse: true };
const TITLE: Proof = { kind: 'TITLE_VERIFICATION', validUntil: day('2026-12-01') };
const DELEGATION: Delegation = { validFrom: day('2026-01-01'), validUntil: day('2026-07-01'), powers: ['SHARE'], procurementReference: '泉财采〔2026〕8号' };

function publication({ subject = {}, ...some }: Partial<Omit<Publication, 'subject'>> & { subject?: Partial<PublicationSubject> } = {}): Publication {
  return {
    subject: { category: 'SOCIAL_PUBLIC', sector: 'OTHER', obligation: { level: 'ENCOURAGED', clause: '2.3-2', verb: '引导激励' }, shareableByClass: quotaOf({ STANDARD: 10 }), planningRequiredSpaces: 0, ownership: 'STATE', status: 'OPEN', hasNumberedSpaces: false, isClosingTimeKnown: true, ...subject },
    terms: terms(), publisher: { relation: 'MANAGER', delegation: null }, proofs: [], onDay: day('2026-03-01'), ...some,
  };
}

function codes(of: Publication) {
  const { refusals, findings } = checkPublication(of);
  return { refusals: refusals.map(each => `${each.clause ?? '-'} ${each.code}`), findings: findings.map(each => `${each.clause} ${each.code}`) };
}

test('a manager of an open public car park publishes what it can share, within the policy\'s term', () => {
  expect(checkPublication(publication())).toEqual({ refusals: [], findings: [] });
});

test('P1: a quota beyond the shareable spaces is refused by class, in exceptions too', () => {
  const more = closure({ fromDay: day('2026-05-01'), untilDay: day('2026-05-06'), effect: { kind: 'QUOTA', quota: quotaOf({ STANDARD: 11 }) } });

  expect(checkPublication(publication({ terms: terms({ quota: quotaOf({ STANDARD: 12, LARGE: 1 }), exceptions: [more] }) })).refusals.map(each => [each.field, each.data])).toEqual([
    ['quota.STANDARD', { quota: 12, shareable: 10 }], ['quota.LARGE', { quota: 1, shareable: 0 }], ['exceptions[0].effect.quota.STANDARD', { quota: 11, shareable: 10 }],
  ]);
});

test('2.2-8: a party without standing is refused, and a facility that is not open', () => {
  expect(codes(publication({ publisher: { relation: 'NONE', delegation: null }, subject: { status: 'ACCEPTED' } })).refusals).toEqual(['3.6-4 FACILITY_NOT_OPEN', '2.2-8 NO_STANDING']);
});

test('I12, 3.5-1: an agent\'s delegation is asked on the very day, and for the power to share', () => {
  const by = (delegation: Delegation | null, onDay: string) => codes(publication({ publisher: { relation: 'AGENT', delegation }, onDay: day(onDay) })).refusals;

  expect(by(DELEGATION, '2026-06-30')).toEqual([]);
  expect(by(DELEGATION, '2026-07-01')).toEqual(['3.5-1 DELEGATION_NOT_VALID']);
  expect(by({ ...DELEGATION, powers: ['CHARGE'] }, '2025-12-31')).toEqual(['3.5-1 DELEGATION_NOT_VALID', '3.5-1 DELEGATION_LACKS_POWER']);
  expect(by(null, '2026-06-30')).toEqual(['3.5-1 DELEGATION_MISSING']);
});

test('3.5-2: an agency delegates under a procurement reference, a company need not', () => {
  const publisher = { relation: 'OPERATOR' as const, delegation: { ...DELEGATION, procurementReference: null } };

  expect(codes(publication({ publisher, subject: { sector: 'AGENCY' } })).refusals).toEqual(['3.5-2 PROCUREMENT_REFERENCE_MISSING']);
  expect(codes(publication({ publisher, subject: { sector: 'AGENCY' }, proofs: [{ kind: 'PROCUREMENT_REFERENCE', reference: 'X-1' }] })).refusals).toEqual([]);
  expect(codes(publication({ publisher, subject: { sector: 'COMMERCIAL' } })).refusals).toEqual([]);
});

test('2.3-6: of ten spaces that planning required none may be kept, and none for residents only', () => {
  const planned = publication({ subject: { planningRequiredSpaces: 10 }, terms: terms({ quota: quotaOf({ STANDARD: 9 }), audience: { kind: 'RESIDENTS' } }) });

  expect(codes(planned).refusals).toEqual(['2.3-6 SELF_OCCUPATION_FORBIDDEN', '2.3-6 AUDIENCE_TOO_NARROW']);
  expect(checkPublication(planned).refusals[0]).toMatchObject({ data: { required: 10, lent: 9 }, zh: expect.stringContaining('仅共享 9 个') });
  expect(codes(publication({ subject: { planningRequiredSpaces: 10 } })).refusals).toEqual([]);
});

test('2.5-4, 2.5-5: jointly owned spaces need a resolution that carries, and open to residents or neighbours', () => {
  const estate = (some: Partial<Publication>) => publication({ ...some, subject: { category: 'RESIDENTIAL', ownership: 'JOINT' } } as Parameters<typeof publication>[0]);
  const neighbours = terms({ audience: { kind: 'NEIGHBOURS', withinMetres: 500 } });

  expect(codes(estate({ terms: neighbours, proofs: [CARRIED] })).refusals).toEqual([]);
  expect(codes(estate({ terms: neighbours })).refusals).toEqual(['2.5-4 OWNERS_RESOLUTION_MISSING']);
  expect(codes(estate({ proofs: [CARRIED] })).refusals).toEqual(['2.5-5 AUDIENCE_TOO_WIDE']);
  expect(codes(publication({ subject: { category: 'RESIDENTIAL', ownership: null } })).refusals).toEqual(['2.5-5 OWNERSHIP_UNKNOWN']);
});

test('I11: charging neighbours is business use, though the record says otherwise: 60 % is not three quarters', () => {
  const ordinary = { ...CARRIED, areaInFavour: 3600, ownersInFavour: 36, businessUse: false };
  const charged = publication({ subject: { category: 'RESIDENTIAL', ownership: 'JOINT' }, terms: terms({ audience: { kind: 'NEIGHBOURS', withinMetres: 500 }, tariffId: 'tar_1' }), proofs: [ordinary] });

  expect(checkOwnersResolution(ordinary)).toEqual([]);
  expect(checkPublication(charged).refusals.map(each => each.zh)).toEqual(['同意专有面积 3600/6000 = 60.0%，应达 3/4 以上（含）（民法典第278条）', '同意人数 36/60 = 60.0%，应达 3/4 以上（含）（民法典第278条）']);
});

test('I11: exactly two thirds and three quarters carry, one owner fewer does not, and half is not more than half', () => {
  expect(checkOwnersResolution(CARRIED)).toEqual([]);
  expect(checkOwnersResolution({ ...CARRIED, ownersParticipating: 59, ownersInFavour: 45 }).map(each => each.code)).toEqual(['PARTICIPATION_TOO_LOW']);
  expect(checkOwnersResolution({ ...CARRIED, ownersInFavour: 44 }).map(each => [each.code, each.data])).toEqual([['AGREEMENT_TOO_LOW', { part: 44, whole: 60, numerator: 3, denominator: 4, inclusive: true }]]);
  expect(checkOwnersResolution({ ...CARRIED, businessUse: false, areaInFavour: 3000, ownersInFavour: 30 }).map(each => each.code)).toEqual(['AGREEMENT_TOO_LOW', 'AGREEMENT_TOO_LOW']);
  expect(checkOwnersResolution({ ...CARRIED, areaInFavour: 6001 }).map(each => each.code)).toEqual(['RESOLUTION_INCONSISTENT']);
});

test('I11: nobody taking part never carries, whatever the totals', () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 1000 }), fc.boolean(), (total, businessUse) => {
    expect(checkOwnersResolution({ kind: 'OWNERS_RESOLUTION', areaTotal: total, areaParticipating: 0, areaInFavour: 0, ownersTotal: total, ownersParticipating: 0, ownersInFavour: 0, businessUse })).toHaveLength(4);
  }));
});

test('2.6-1: a private owner lends one numbered space after title verification', () => {
  const owner = (subject: Partial<PublicationSubject>, proofs: readonly Proof[], spaces: number) => codes(publication({ subject: { category: 'PRIVATE_SPACE', ownership: 'PRIVATE', hasNumberedSpaces: true, ...subject }, terms: terms({ quota: quotaOf({ STANDARD: spaces }) }), publisher: { relation: 'OWNER', delegation: null }, proofs })).refusals;

  expect(owner({}, [TITLE], 1)).toEqual([]);
  expect(owner({ hasNumberedSpaces: false }, [], 2)).toEqual(['2.6-1 NUMBERED_SPACE_REQUIRED', '2.6-1 ONE_SPACE_ONLY', '2.6-1 TITLE_VERIFICATION_MISSING']);
  expect(owner({}, [{ kind: 'TITLE_VERIFICATION', validUntil: day('2026-03-01') }], 1)).toEqual(['2.6-1 TITLE_VERIFICATION_EXPIRED']);
});

test('2.4-1: registration is encouraged, so charging without it is found, not refused', () => {
  const shop = (proofs: readonly Proof[], tariffId: string | null = 'tar_1') => codes(publication({ subject: { category: 'COMMERCIAL' }, terms: terms({ tariffId }), proofs }));
  const registration = (validTo: string): Proof => ({ kind: 'BUSINESS_REGISTRATION', no: '泉停备 12', validTo: day(validTo), status: 'VALID' });

  expect(shop([])).toEqual({ refusals: [], findings: ['2.4-1 BUSINESS_REGISTRATION_MISSING'] });
  expect(shop([], null).findings).toEqual([]);
  expect(shop([registration('2026-02-28')]).findings).toEqual(['2.4-1 BUSINESS_REGISTRATION_INVALID']);
  expect(shop([registration('2026-03-31')]).findings).toEqual(['2.4-1 BUSINESS_REGISTRATION_EXPIRES']);
  expect(shop([registration('2026-04-01')]).findings).toEqual([]);
});

test('2.4-3: a window after closing time needs a known closing time', () => {
  const late = terms({ rules: [NIGHTLY, { ...NIGHTLY, from: { afterCloseMinutes: 30 } }] });

  expect(checkPublication(publication({ subject: { isClosingTimeKnown: false }, terms: late })).refusals).toMatchObject([{ code: 'CLOSING_TIME_UNKNOWN', field: 'rules[1].from', clause: '2.4-3' }]);
  expect(codes(publication({ terms: late })).refusals).toEqual([]);
});

test('2.5-1: added spaces that failed a check are refused by the names of the checks', () => {
  const { refusals } = checkPublication(publication({ proofs: [{ kind: 'SPACE_ADDITION_CHECKS', green: true, activityArea: false, traffic: true, fire: false }] }));

  expect(refusals.map(each => each.zh)).toEqual(['增设泊位未通过：活动场地、消防安全']);
});

test('2.1-2, 2.2-1, 2.2-2: missed chances are findings', () => {
  expect(codes(publication({ subject: { category: 'KEY_AREA_PUBLIC' } })).findings).toEqual(['2.1-2 ALL_DAY_OPENING_ENCOURAGED']);
  expect(codes(publication({ subject: { category: 'INSTITUTION', sector: 'AGENCY', obligation: { level: 'SHALL', clause: '2.2-1', verb: '应' }, shareableByClass: quotaOf({ STANDARD: 30 }) } })).findings).toEqual(['2.2-2 SECURITY_PLAN_MISSING', '2.2-1 SHAREABLE_SPACES_KEPT']);
});

test('0-5, T14: the policy holds through 2026-12-31; afterwards its rules fall silent and the law remains', () => {
  const onDay = (text: string) => codes(publication({ subject: { planningRequiredSpaces: 10, status: 'CLOSED' }, terms: terms({ quota: quotaOf({ STANDARD: 1 }) }), onDay: day(text) }));

  expect(onDay('2026-12-31').refusals).toEqual(['3.6-4 FACILITY_NOT_OPEN', '2.3-6 SELF_OCCUPATION_FORBIDDEN']);
  expect(onDay('2027-01-01')).toEqual({ refusals: ['3.6-4 FACILITY_NOT_OPEN'], findings: ['0-5 NO_RULE_IN_FORCE'] });
  expect(codes(publication({ terms: terms({ validUntil: null }) })).findings).toEqual(['0-5 POLICY_EXPIRES_BEFORE_TERM']);
  expect(codes(publication({ terms: terms({ validUntil: day('2027-01-01') }) })).findings).toEqual([]);
});

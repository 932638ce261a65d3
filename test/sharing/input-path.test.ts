import { expect, test } from '@jest/globals';
import { inputPath } from '../../src/sharing/input-path.js';

const PUBLISH = ['facilityId', 'zoneId', 'terms', 'exceptions'];

test.each([
  ['terms.name', 'terms.name'],
  ['terms.validFrom', 'terms.validFromOn'],
  ['terms.validUntil', 'terms.validUntilOn'],
  ['terms.quota.STANDARD', 'terms.quota'],
  ['terms.quota', 'terms.quota'],
  ['terms.entryCurfews[1]', 'terms.entryCurfews[1]'],
  ['terms.releasePlan.atMinute', 'terms.releasePlan.time'],
  ['terms.rules[2].days', 'terms.rules[2].days'],
  ['terms.rules[2].from.minute', 'terms.rules[2].from.time'],
  ['terms.rules[2].from.afterCloseMinutes', 'terms.rules[2].from.minutesAfterClose'],
  ['terms.rules[2].until', 'terms.rules[2].until'],
  ['terms.rules[2].until.minute', 'terms.rules[2].until.at.time'],
  ['terms.rules[2].until.dayOffset', 'terms.rules[2].until.at.dayOffset'],
  ['terms.rules[2].until.untilNext.minute', 'terms.rules[2].until.next.time'],
  ['terms.rules[2].until.untilNext.dayTypes', 'terms.rules[2].until.next.dayTypes'],
  ['terms.exceptions', 'exceptions'],
  ['terms.exceptions[0].fromDay', 'exceptions[0].fromOn'],
  ['terms.exceptions[0].untilDay', 'exceptions[0].untilOn'],
  ['terms.exceptions[0].reason', 'exceptions[0].reason'],
  ['terms.exceptions[0].effect.rules[1].from.minute', 'exceptions[0].rules[1].from.time'],
  ['terms.exceptions[0].effect.quota.LARGE', 'exceptions[0].quota'],
  ['zone', 'zoneId'],
  ['facility', 'facilityId'],
])('the rules’ %s is %s in the input', (rulePath, path) => {
  expect(inputPath(rulePath, PUBLISH)).toBe(path);
});

test('what the input does not hold has no path in it', () => {
  for (const elsewhere of ['proofs', 'publisher.delegation.powers', 'facility.ownership', 'windowId']) expect(inputPath(elsewhere, PUBLISH)).toBeUndefined();
  expect(inputPath('terms.exceptions[0].untilDay', ['windowId', 'terms'])).toBeUndefined();
  expect(inputPath('businessRegistration.no', ['facilityId', 'proof'])).toBe('proof.businessRegistration.no');
  expect(inputPath('exception.untilDay', ['windowId', 'exception'])).toBe('exception.untilOn');
});

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { refundCharge, type RefundCharge } from '../../src/billing/index.js';
import { isRefusal } from '../../src/kernel/index.js';
import { inUnit } from '../support/city.js';
import { startPaying, type Paying } from './payment-city.js';

let paying: Paying;

beforeAll(async () => {
  paying = await startPaying();
}, 120_000);
afterAll(() => paying.close());

const READ = 'query($id: ID!) { charge(id: $id) { state openedFen amountFen lines { amountFen isVoid } } }';
const read = async (id: string) => (await paying.ask(READ, { id })).data.charge;

const takeOff = (told: RefundCharge) => inUnit(paying.city.scope, async unit => {
  const outcome = await refundCharge(unit, told);
  if (isRefusal(outcome)) throw new Error(JSON.stringify(outcome.problems));
});

test('the lines of a charge stay as it was opened: an integrator adds them up to openedFen, and reads of a void one that each is void', async () => {
  const lines = [{ zh: '停车费', en: 'stay', amountFen: 1_500 }, { zh: '封顶', en: 'cap', amountFen: -500 }];
  const chargeId = await paying.charge(1_000, { lines });
  const told = (isVoid: boolean) => [{ amountFen: 1_500, isVoid }, { amountFen: -500, isVoid }];
  expect(await read(chargeId)).toEqual({ state: 'OPEN', openedFen: 1_000, amountFen: 1_000, lines: told(false) });

  await takeOff({ chargeId, amountFen: 400, reason: '提前离场' });
  expect(await read(chargeId)).toEqual({ state: 'OPEN', openedFen: 1_000, amountFen: 600, lines: told(false) });

  await takeOff({ chargeId, amountFen: 600, reason: '取消' });
  expect(await read(chargeId)).toEqual({ state: 'VOID', openedFen: 1_000, amountFen: 0, lines: told(true) });
});

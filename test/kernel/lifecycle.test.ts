import { expect, test } from '@jest/globals';
import { defineLifecycle } from '../../src/kernel/index.js';

type State = 'DRAFT' | 'PUBLISHED' | 'WITHDRAWN';
type Event = 'publish' | 'withdraw';
const offer = defineLifecycle<State, Event>({ zh: '供给', en: 'offer' }, 'DRAFT', { DRAFT: { publish: 'PUBLISHED', withdraw: 'WITHDRAWN' }, PUBLISHED: { withdraw: 'WITHDRAWN' }, WITHDRAWN: {} });

test('P11: a legal event leads on, an illegal one is refused naming from and to', () => {
  expect(offer.transition('DRAFT', 'publish')).toEqual({ ok: true, value: 'PUBLISHED' });
  expect(offer.transition('WITHDRAWN', 'publish')).toMatchObject({ ok: false, problems: [{ code: 'ILLEGAL_TRANSITION', data: { from: 'WITHDRAWN', event: 'publish', to: 'PUBLISHED', allowed: [] } }] });
});

test('an illegal event is told in one language at a time, with what is possible, or that nothing is any more', () => {
  expect(offer.transition('PUBLISHED', 'publish')).toMatchObject({ problems: [{ zh: '供给处于 PUBLISHED，不能执行 publish（转为 PUBLISHED）；可执行：withdraw', en: 'the offer is PUBLISHED; publish (to PUBLISHED) is not possible, only withdraw' }] });
  expect(offer.transition('WITHDRAWN', 'withdraw')).toMatchObject({ problems: [{ zh: '供给处于 WITHDRAWN，不能执行 withdraw（转为 WITHDRAWN）；这是终态', en: 'the offer is WITHDRAWN; withdraw (to WITHDRAWN) is not possible, for that is an end' }] });
});

test('states, events and ends are read from the one table', () => {
  expect(offer.states).toEqual(['DRAFT', 'PUBLISHED', 'WITHDRAWN']);
  expect(offer.events).toEqual(['publish', 'withdraw']);
  expect(offer.states.filter(offer.isTerminal)).toEqual(['WITHDRAWN']);
  expect(offer.eventsFrom('DRAFT')).toEqual(['publish', 'withdraw']);
});

test('a state that nothing leads to is a defect of the table', () => {
  expect(() => defineLifecycle<'A' | 'B', 'go'>({ zh: '失联', en: 'lost' }, 'A', { A: {}, B: { go: 'A' } })).toThrow('The lifecycle of the lost never reaches B.');
});

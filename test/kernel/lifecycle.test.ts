import { expect, test } from '@jest/globals';
import { defineLifecycle } from '../../src/kernel/index.js';

type State = 'DRAFT' | 'PUBLISHED' | 'WITHDRAWN';
type Event = 'publish' | 'withdraw';
const offer = defineLifecycle<State, Event>('offer', 'DRAFT', { DRAFT: { publish: 'PUBLISHED', withdraw: 'WITHDRAWN' }, PUBLISHED: { withdraw: 'WITHDRAWN' }, WITHDRAWN: {} });

test('P11: a legal event leads on, an illegal one is refused naming from and to', () => {
  expect(offer.transition('DRAFT', 'publish')).toEqual({ ok: true, value: 'PUBLISHED' });
  expect(offer.transition('WITHDRAWN', 'publish')).toMatchObject({ ok: false, problems: [{ code: 'ILLEGAL_TRANSITION', data: { from: 'WITHDRAWN', event: 'publish', to: 'PUBLISHED', allowed: [] } }] });
});

test('states, events and ends are read from the one table', () => {
  expect(offer.states).toEqual(['DRAFT', 'PUBLISHED', 'WITHDRAWN']);
  expect(offer.events).toEqual(['publish', 'withdraw']);
  expect(offer.states.filter(offer.isTerminal)).toEqual(['WITHDRAWN']);
  expect(offer.eventsFrom('DRAFT')).toEqual(['publish', 'withdraw']);
});

test('a state that nothing leads to is a defect of the table', () => {
  expect(() => defineLifecycle<'A' | 'B', 'go'>('lost', 'A', { A: {}, B: { go: 'A' } })).toThrow('The lifecycle lost never reaches B.');
});

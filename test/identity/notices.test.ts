import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { graphql, type GraphQLSchema } from 'graphql';
import { done, problem, refuse } from '../../src/kernel/index.js';
import { transaction } from '../../src/platform/index.js';
import { tellParties, type NoticeDraft } from '../../src/identity/index.js';
import { noticeLoader } from '../../src/identity/notice.loaders.js';
import type { NoticesTold } from '../../src/identity/notice.type.js';
import { stopNotices, watchNotices } from '../../src/identity/notice-watch.js';
import { scopeOf } from '../support/scope.js';
import { identitySchema, officer, openCity, valueOf, type City } from './city.js';

let city: City;
let schema: GraphQLSchema;
let driver: string;
let company: string;

beforeAll(async () => {
  city = await openCity();
  schema = await identitySchema();
  driver = await city.party({ kind: 'PERSON', name: '林小明', phone: '13812345678' });
  company = await city.party({ kind: 'ENTERPRISE' });
});

afterAll(() => city.database.close());

const SUBJECT = { subjectKind: 'Window', subjectId: 'win_00000000000000000000000000' };
const moved = (partyId: string, told: Partial<NoticeDraft> = {}): NoticeDraft => ({ partyId, topic: 'reservation.moved', ...SUBJECT, zh: '闽C12345 的预约改到东湖停车场', en: 'the reservation of 闽C12345 moved to Donghu car park', ...told });
const tell = (...notices: NoticeDraft[]) => transaction(city.system, async unit => done(await tellParties(unit, notices)));
const rowsOf = (partyId: string) => city.database.query<{ text: string }>('select row_to_json(n)::text as text from notice n where party_id = $1', [partyId]);

test('what a unit tells is written with it, once a party and matter, and its text is sealed', async () => {
  valueOf(await tell(moved(driver), moved(driver), moved(company)));

  const rows = await rowsOf(driver);
  expect(rows.length).toBe(1);
  expect(rows[0]!.text).not.toMatch(/闽C12345|Donghu/);
  expect((await rowsOf(company)).length).toBe(1);
});

test('a person hears by push and by SMS, an organisation without a phone through the API alone', async () => {
  const deliveries = await city.database.query('select party_id, channel, state from notice_delivery order by channel');

  expect(deliveries).toEqual([{ party_id: driver, channel: 'PUSH', state: 'PENDING' }, { party_id: driver, channel: 'SMS', state: 'PENDING' }]);
});

test('a unit that is refused tells nobody', async () => {
  const before = (await rowsOf(driver)).length;

  await transaction(city.system, async unit => {
    await tellParties(unit, [moved(driver, { topic: 'reservation.refunded' })]);
    return refuse(problem('NOTICE_UNKNOWN', { zh: '否', en: 'no' }));
  });

  expect((await rowsOf(driver)).length).toBe(before);
});

const NOTICES = '{ notices { totalCount edges { node { id topic text readAt } } } }';
const asDriver = () => city.as({ ...officer('DRIVER', { partyId: driver }), partyIds: [driver] });

async function ask(source: string, scope = asDriver(), variableValues: Record<string, unknown> = {}): Promise<any> {
  const { data, errors } = await graphql({ schema, source, variableValues, contextValue: scope });
  if (errors) throw errors[0]!;
  return data;
}

test('a party reads its own notices in its language, and no right over a city opens them to anybody else', async () => {
  const { notices } = await ask(NOTICES);
  expect(notices).toEqual({ totalCount: 1, edges: [{ node: { id: expect.stringMatching(/^ntc_/), topic: 'reservation.moved', text: 'the reservation of 闽C12345 moved to Donghu car park', readAt: null } }] });

  const nobody = { notices: { totalCount: 0, edges: [] } };
  expect(await ask(NOTICES, city.as(officer('AUTHORITY_OFFICER', { jurisdictionCode: '350500' })))).toEqual(nobody);
  expect(await ask(NOTICES, city.system)).toEqual(nobody);
  expect(await noticeLoader.batch(city.system, [notices.edges[0].node.id])).toEqual([null]);
  expect(await noticeLoader.batch(asDriver(), [notices.edges[0].node.id])).toMatchObject([{ id: notices.edges[0].node.id, partyId: driver }]);
});

test('marking as read keeps the first instant, and with one that is another’s marks none', async () => {
  const MARK = 'mutation ($input: MarkNoticesReadInput!) { markNoticesRead(input: $input) { notices { id readAt } userErrors { code field } } }';
  const { notices } = await ask(NOTICES);
  const own = notices.edges[0].node.id as string;
  const [other] = await city.database.query<{ id: string }>('select id from notice where party_id = $1', [company]);

  const refused = await ask(MARK, asDriver(), { input: { noticeIds: [own, other!.id], idempotencyKey: 'a' } });
  expect(refused.markNoticesRead).toEqual({ notices: null, userErrors: [{ code: 'NOTICE_UNKNOWN', field: 'noticeIds[1]' }] });
  expect((await ask(NOTICES)).notices.edges[0].node.readAt).toBeNull();

  const marked = { notices: [{ id: own, readAt: '2026-02-13T09:00:00+08:00' }], userErrors: [] };
  expect((await ask(MARK, asDriver(), { input: { noticeIds: [own], idempotencyKey: 'b' } })).markNoticesRead).toEqual(marked);
  city.services.clock.advance(60_000);
  expect((await ask(MARK, asDriver(), { input: { noticeIds: [own], idempotencyKey: 'c' } })).markNoticesRead).toEqual(marked);
  expect((await ask('{ notices(unreadOnly: true) { totalCount } }')).notices.totalCount).toBe(0);
});

test('pages go from the newest to the oldest without a gap', async () => {
  const party = await city.party({ kind: 'ENTERPRISE' });
  for (let i = 0; i < 5; i++) {
    city.services.clock.advance(1);
    valueOf(await tell(moved(party, { zh: `第 ${i} 条`, en: `number ${i}` })));
  }
  const scope = city.as({ ...officer('SUPPLIER', { partyId: party }), partyIds: [party] });

  const seen: string[] = [];
  let after: string | null = null;
  do {
    const { notices } = await ask('query ($after: String) { notices(first: 2, after: $after) { edges { node { text } } pageInfo { hasNextPage endCursor } } }', scope, { after });
    seen.push(...notices.edges.map((edge: { node: { text: string } }) => edge.node.text));
    after = notices.pageInfo.hasNextPage ? notices.pageInfo.endCursor : null;
  } while (after !== null);

  expect(seen).toEqual(['number 4', 'number 3', 'number 2', 'number 1', 'number 0']);
});

describe('the stream', () => {
  const listen = async (partyId: string) => {
    const stream = await watchNotices(city.as({ ...officer('SUPPLIER', { partyId }), partyIds: [partyId] }));
    return stream[Symbol.asyncIterator]() as AsyncIterableIterator<NoticesTold>;
  };
  const next = async (stream: AsyncIterator<NoticesTold>) => {
    const { value } = await stream.next();
    return { isSnapshot: value.isSnapshot, unreadCount: value.unreadCount, texts: value.notices.map((notice: { words: { en: string } }) => notice.words.en) };
  };

  test('begins with what is unread, oldest first, goes on with each new notice once, and tells nobody else’s', async () => {
    const [party, other] = [await city.party({ kind: 'ENTERPRISE' }), await city.party({ kind: 'ENTERPRISE' })];
    valueOf(await tell(moved(party, { en: 'first' })));
    city.services.clock.advance(1);
    valueOf(await tell(moved(party, { en: 'second' })));
    const stream = await listen(party);
    expect(await next(stream)).toEqual({ isSnapshot: true, unreadCount: 2, texts: ['first', 'second'] });

    valueOf(await tell(moved(other, { en: 'not yours' })));
    valueOf(await tell(moved(party, { en: 'third' })));
    expect(await next(stream)).toEqual({ isSnapshot: false, unreadCount: null, texts: ['third'] });
    valueOf(await tell(moved(party, { en: 'fourth' })));
    expect(await next(stream)).toEqual({ isSnapshot: false, unreadCount: null, texts: ['fourth'] });
    await stream.return!();
    expect(await stream.next()).toEqual({ value: undefined, done: true });
  });

  test('hears without the bus as well: a poll finds what nobody woke it for', async () => {
    const party = await city.party({ kind: 'ENTERPRISE' });
    const deaf = { ...city.services, live: { ...city.services.live, kind: 'REDIS' as const, isConnected: () => false, publish: () => undefined, subscribe: () => () => undefined } };
    const stream = (await watchNotices(scopeOf(deaf, { ...officer('SUPPLIER', { partyId: party }), partyIds: [party] })))[Symbol.asyncIterator]() as AsyncIterableIterator<NoticesTold>;
    expect(await next(stream)).toEqual({ isSnapshot: true, unreadCount: 0, texts: [] });

    valueOf(await tell(moved(party, { en: 'unheard' })));

    expect(await next(stream)).toEqual({ isSnapshot: false, unreadCount: null, texts: ['unheard'] });
    await stopNotices(deaf);
  });

  test('a reader that does not read gets the whole again when it does, and nothing is left out', async () => {
    const party = await city.party({ kind: 'ENTERPRISE' });
    const stream = await listen(party);
    const canary = await listen(party);
    await next(canary);
    for (let i = 0; i < 40; i++) {
      valueOf(await tell(moved(party, { en: `${i}` })));
      await next(canary);
    }

    const seen = new Set<string>();
    let snapshots = 0;
    while (seen.size < 40) {
      const told = await next(stream);
      if (told.isSnapshot) snapshots += 1;
      for (const text of told.texts) seen.add(text);
    }
    expect(snapshots).toBe(2);
    await Promise.all([stream.return!(), canary.return!()]);
  });

  test('ends with the process, and says nothing more', async () => {
    const party = await city.party({ kind: 'ENTERPRISE' });
    const stream = await listen(party);
    await next(stream);

    await stopNotices(city.services);

    expect(await stream.next()).toEqual({ value: undefined, done: true });
  });
});

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { done } from '../../src/kernel/index.js';
import { transaction, type Viewer } from '../../src/platform/index.js';
import { unauthenticated } from '../../src/platform/graphql/index.js';
import { anonymousViewer, registerParty, tellParties } from '../../src/identity/index.js';
import { scopeOf } from '../support/scope.js';
import { closed, firstOf, nextMessage, opened, someone, startTestServer, type TestServer } from './running.js';

let server: TestServer;
let partyId: string;
const viewers = new Map<string, Viewer>();

beforeAll(async () => {
  server = await startTestServer({
    assembly: {
      authenticate: async (_services, credential) => {
        if (credential === null) return anonymousViewer;
        const viewer = viewers.get(credential);
        if (!viewer) throw unauthenticated();
        return viewer;
      },
    },
  });
  const outcome = await registerParty(scopeOf(server.services), { kind: 'ENTERPRISE', name: '东湖停车公司' });
  if (!outcome.ok) throw new Error(outcome.problems[0].en);
  ({ partyId } = outcome.value);
});

afterAll(() => server.close());

const STREAM = 'subscription { noticeReceived { isSnapshot unreadCount notices { text topic partyId } } }';
const tell = (en: string) => transaction(scopeOf(server.services), async unit => done(await tellParties(unit, [{ partyId, topic: 'window.suspended', subjectKind: 'SharingWindow', subjectId: 'win_00000000000000000000000000', zh: '共享已暂停', en }])));

test('over the socket: what is unread, then each notice in the caller’s language, and 4403 once the credential is revoked', async () => {
  viewers.set('firm', someone({ partyIds: [partyId], grants: [{ action: 'notice:read', partyId, jurisdictionCode: null }] }));
  const socket = server.socket();
  await opened(socket);
  socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: 'firm' } }));
  expect(await nextMessage(socket)).toEqual({ type: 'connection_ack' });
  socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: STREAM } }));
  expect((await nextMessage(socket)).payload.data.noticeReceived).toEqual({ isSnapshot: true, unreadCount: 0, notices: [] });

  const next = nextMessage(socket);
  await tell('sharing is suspended');
  expect((await next).payload.data.noticeReceived).toEqual({ isSnapshot: false, unreadCount: null, notices: [{ text: 'sharing is suspended', topic: 'window.suspended', partyId }] });

  viewers.delete('firm');
  expect((await closed(socket)).code).toBe(4403);
});

test('nobody in particular is refused', async () => {
  const client = server.client();

  expect((await firstOf(client, STREAM)).errors[0].extensions.code).toBe('UNAUTHENTICATED');
  await client.dispose();
});

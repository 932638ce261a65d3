import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { openInProcessLive, openLog, type Services, type Viewer } from '../../src/platform/index.js';
import { Fault } from '../../src/platform/graphql/index.js';
import { RightsWatch } from '../../src/server/rights-watch.js';
import { anonymous } from '../support/scope.js';

const viewerOf = (keyId: string): Viewer => ({ ...anonymous, kind: 'API_KEY', keyId, actorId: `app of ${keyId}`, partyIds: [`party of ${keyId}`] });

test('G14: a right that is said to have ended is asked for at once, nobody else’s; and everybody’s where the bus came back', async () => {
  const services = { live: openInProcessLive(openLog({ level: 'silent' })), database: {} } as unknown as Services;
  const asked: string[] = [];
  const watch = new RightsWatch(services, async (_services, credential) => {
    asked.push(credential!);
    if (credential === 'key_gone') throw new Fault('UNAUTHENTICATED', { zh: '无效', en: 'no' });
    return viewerOf(credential!);
  });
  const told: string[] = [];
  for (const credential of ['key_gone', 'key_kept']) {
    watch.add({ credential, refresh: () => told.push(`${credential} stays`), end: () => told.push(`${credential} ends`) }, viewerOf(credential));
  }

  services.live.publish('identity.rights', 'key_gone key_other');
  await turn();
  expect([asked, told]).toEqual([['key_gone'], ['key_gone ends']]);

  services.live.publish('identity.rights', '');
  await turn();
  expect(asked).toEqual(['key_gone', 'key_gone', 'key_kept']);

  watch.stop();
  services.live.publish('identity.rights', '');
  await turn();
  expect(asked.length).toBe(3);
});

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { FAULT_CODES } from '../../src/platform/graphql/index.js';
import { FeedStateEnum } from '../../src/availability/feed.type.js';
import { startTestServer, type TestServer } from './running.js';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string };
}

const alerts = (parse(readFileSync('src/server/alert-rules.yml', 'utf8')) as { groups: Array<{ rules: Rule[] }> }).groups.flatMap(({ rules }) => rules);
/** What each label that the rules ask for can be. */
const VALUES: Readonly<Record<string, readonly string[]>> = { state: [...Object.keys(FeedStateEnum), 'PENDING', 'DEAD'], code: Object.keys(FAULT_CODES), job: ['chaowei'] };

let server: TestServer;
let told: ReadonlyMap<string, readonly string[]>;

beforeAll(async () => {
  server = await startTestServer();
  await server.post({ query: '{ nothing }' });
  const text = await (await fetch(server.url.replace('/graphql', '/metrics'))).text();
  const samples = text.split('\n').filter(line => line !== '' && !line.startsWith('#')).map(line => /^(\w+)(?:\{(.*)\})? /.exec(line)!);
  told = new Map([...Map.groupBy(samples, ([, name]) => name!)].map(([name, of]) => [name, [...new Set(of.flatMap(([, , labels]) => [...(labels ?? '').matchAll(/(\w+)="/g)].map(match => match[1]!)))]]));
});

afterAll(() => server.close());

test('there is an alert for what the operator must hear of', () => {
  expect(alerts.map(({ alert }) => alert)).toEqual([
    'ChaoweiAway', 'ChaoweiUnready', 'ChaoweiChangesPolled', 'ChaoweiFeedSilent', 'ChaoweiFeedDrifting', 'ChaoweiFeedsUnknown', 'ChaoweiLag', 'ChaoweiSlow', 'ChaoweiInternalErrors', 'ChaoweiNoticesGivenUp', 'ChaoweiNoticesWaiting',
  ]);
  expect(alerts.filter(({ labels }) => !['page', 'warn'].includes(labels.severity))).toEqual([]);
});

test.each(alerts)('$alert asks for metrics and labels that the server tells', ({ expr: expression }) => {
  const metrics = [...expression.matchAll(/\b(chaowei_\w+)(?:\{([^}]*)\})?/g)].map(([, name, labels]) => ({ name: name!, labels: [...(labels ?? '').matchAll(/(\w+)="(\w+)"/g)].map(([, label, value]) => ({ label: label!, value: value! })) }));

  expect(metrics.filter(({ name }) => !told.has(name)).map(({ name }) => name)).toEqual([]);
  expect(metrics.flatMap(({ name, labels }) => labels.filter(({ label, value }) => !told.get(name)!.includes(label) || !VALUES[label]!.includes(value)))).toEqual([]);
  expect(expression).toMatch(/chaowei/);
});

test('every alert says in both languages what it means', () => {
  expect(alerts.map(({ annotations }) => annotations.summary).filter(text => !/\p{Script=Han}.* \/ .*[a-z]{3}/u.test(text))).toEqual([]);
});

test('a server that is ready says so in its metrics, and one that loses its bus says that, too', async () => {
  const metrics = async (): Promise<string> => (await fetch(server.url.replace('/graphql', '/metrics'))).text();
  expect(await metrics()).toMatch(/^chaowei_ready 1$[^]*^chaowei_live_bus_connected 1$|^chaowei_live_bus_connected 1$[^]*^chaowei_ready 1$/m);

  await server.services.live.close();

  expect(await metrics()).toMatch(/^chaowei_live_bus_connected 0$/m);
});

import { test } from '@jest/globals';
import { assembleSchema } from '../../src/server/schema.js';
import { rooms } from '../../src/server/rooms.js';
import { NOW, count, openReportingCity } from './reporting.js';
import { facilityDraft, addFacilities, addWindows, termsDraft } from '../support/city.js';
import { scopeOf } from '../support/scope.js';
import { turnBoundaries } from '../../src/availability/boundary-clock.js';
import { RequestScope } from '../../src/platform/index.js';

test('bench', async () => {
  const city = await openReportingCity();
  const N = Number(process.env.LOTS ?? 1000);
  const system = scopeOf(city.services);
  const ids: string[] = [];
  for (let i = 0; i < N; i += 200) ids.push(...await addFacilities(system, Array.from({ length: Math.min(200, N - i) }, (_, k) => facilityDraft(`b${i + k}`, { longitude: 118.6 + k / 1e4, latitude: 24.9 }))));
  for (let i = 0; i < N; i += 200) await addWindows(system, ids.slice(i, i + 200).map(id => ({ facility: { id }, terms: termsDraft() })));
  for (let i = 0; i < 20; i++) await turnBoundaries(city.services);
  const { ReportOccupancyResolver } = await import('../../src/availability/report.resolver.js');
  const schema = assembleSchema([...rooms, { name: 'r', entities: [], resolvers: [ReportOccupancyResolver], orphanedTypes: [], nodes: [] }] as any);
  const { execute } = await import('graphql');
  const graphql = ({ schema, contextValue, variableValues }: any) => execute({ schema, document: doc, contextValue, variableValues }) as any;
  const source = 'mutation ($input: ReportOccupancyInput!) { reportOccupancy(input: $input) { accepted ignored quarantined receipts(verdicts: [IGNORED, QUARANTINED]) { index verdict reason message } } }';
  const viewer = city.reporter(city.ownerId);
  let key = 0;
  const batch = (round: number) => ({ input: { idempotencyKey: `b${++key}`, reports: Array.from({ length: 1000 }, (_, i) => ({ facilityId: ids[i % N]!, occupied: (i * 7 + round) % 21, observedAt: new Date(NOW - 3_600_000 + round * 10_000 + Math.floor(i / N)).toISOString(), sequence: round })) } });
  const inputs = Array.from({ length: 40 }, (_, r) => JSON.stringify(batch(r + 1)));
  // where the time goes
  const { getVariableValues, parse } = await import('graphql');
  const doc = parse(source);
  const defs = (doc.definitions[0] as any).variableDefinitions;
  const times: Record<string, number[]> = {};
  const db: any = city.services.database;
  const inner = db.transactional;
  const stat = new Map<string, number>();
  db.transactional = (work: any) => { const b0 = performance.now(); let wEnd = 0; return inner.call(db, (em: any, sql: any) => { stat.set('BEGIN', (stat.get('BEGIN') ?? 0) + performance.now() - b0); return work(em, { query: async (t: string, p: any) => { const t0 = performance.now(); const r = await sql.query(t, p); const k = t.replace(/\s+/g, ' ').slice(0, 90); stat.set(k, (stat.get(k) ?? 0) + performance.now() - t0); return r; } }).then((r: any) => { wEnd = performance.now(); return r; }); }).then((r: any) => { stat.set('COMMIT', (stat.get('COMMIT') ?? 0) + performance.now() - wEnd); return r; }); };
  for (let r = 0; r < 40; r++) {
    if (r === 10) stat.clear();
    const t0 = performance.now();
    const variableValues = JSON.parse(inputs[r]!);
    const t1 = performance.now();
    if (r >= 10) { getVariableValues(schema, defs, variableValues); }
    const t2 = performance.now();
    const cpu0 = process.cpuUsage();
    const answer = await graphql({ schema, source, contextValue: new RequestScope(city.services, viewer, 'en', 't'), variableValues });
    const t3 = performance.now();
    const cpu = process.cpuUsage(cpu0);
    if (r === 0 || r === 39) console.log(JSON.stringify(answer).slice(0, 300));
    if (r >= 10) for (const [k, v] of Object.entries({ json: t1 - t0, coerce: t2 - t1, all: t3 - t2, cpu: (cpu.user + cpu.system) / 1000 })) (times[k] ??= []).push(v);
  }
  const med = (a: number[]) => [...a].sort((x, y) => x - y)[Math.floor(a.length / 2)]!.toFixed(1);
  console.log(Object.entries(times).map(([k, v]) => `${k} ${med(v)}`).join('  '), '\n' + [...stat].sort((a, b) => b[1] - a[1]).map(([k, v]) => `${(v / 30).toFixed(2)} ${k}`).join('\n'));
  // singles
  for (const maximum of [2000, 1]) {
    const services = { ...city.services, configuration: { ...city.services.configuration, REPORTS_A_TRANSACTION: maximum } };
    const t0 = performance.now(); let n = 0; const until = t0 + 2000;
    await Promise.all(Array.from({ length: 64 }, async (_, w) => { while (performance.now() < until) { n += 1; await graphql({ schema, source, contextValue: new RequestScope(services, viewer, 'en', 't'), variableValues: { input: { idempotencyKey: `s${++key}`, reports: [{ facilityId: ids[(w * 13 + n) % N], occupied: n % 20, observedAt: new Date(NOW - 1000 + Math.floor(n / 100)).toISOString(), sequence: n + 1000 + maximum * 1000000 }] } } }); } }));
    console.log('singles', maximum, (n / (performance.now() - t0) * 1000).toFixed(0), '/s');
  }
  const cp0 = performance.now();
  await city.database.close();
}, 120_000);

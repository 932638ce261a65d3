import { freeOf } from '../fan-out/change.mjs';

// The one file of this bench that knows how the product takes reports and where it keeps what it made of them.

const REPORT = `mutation Report($input: ReportOccupancyInput!) {
  reportOccupancy(input: $input) { accepted ignored quarantined receipts(verdicts: [IGNORED, QUARANTINED]) { index verdict reason message } userErrors { code message } }
}`;

/** @typedef {{ facilityId: string, free: number, observedAt: string }} Report */

let made = 0;
let observedAt = 0;
let calls = 0;

/** Facilities in turn; a facility's next report is of a later instant, and none is of the future. */
function nextReports(places, count) {
  return Array.from({ length: count }, () => {
    const place = places[made % places.length];
    const round = Math.floor(made / places.length);
    made += 1;
    if (made % places.length === 1) observedAt = Math.max(observedAt + 1, Date.now() - 1_000);
    return { facilityId: place.facilityId, free: freeOf(round), observedAt: new Date(observedAt).toISOString() };
  });
}

/** Calls of many reports each, of distinct facilities. @returns {Report[][]} */
export const batches = (places, { size, count }) => Array.from({ length: count }, () => nextReports(places, size));

/** Calls of one report each. @returns {Report[][]} */
export const singles = (places, { count }) => Array.from({ length: count }, () => nextReports(places, 1));

/** The bodies of calls, each with a key of its own. */
export const callsOf = sent => sent.map(reports => {
  calls += 1;
  return JSON.stringify({ query: REPORT, variables: { input: { idempotencyKey: `bench-${process.pid}-${calls}`, reports: reports.map(report => ({ ...report, scope: 'SHARED' })) } } });
});

/** What an answer must hold: every report accepted. */
export const reportsOf = reports => `"accepted":${reports.length},"ignored":0,"quarantined":0`;

/** Fails unless each report is kept once, the newest one is in force, and each facility's versions have no gap. */
export async function checkRows(client, sent) {
  await client.query('create temp table sent (facility_id text, observed_at timestamptz, free int)');
  const chunk = 50_000;
  for (let at = 0; at < sent.length; at += chunk) {
    const part = sent.slice(at, at + chunk);
    await client.query('insert into sent select * from unnest($1::text[], $2::timestamptz[], $3::int[])', [part.map(({ facilityId }) => facilityId), part.map(each => each.observedAt), part.map(({ free }) => free)]);
  }
  await client.query('analyze sent');
  for (const { what, text } of CHECKS) {
    const { rows: [{ wrong, example }] } = await client.query(text);
    if (wrong > 0) throw new Error(`${wrong} ${what}, one is ${JSON.stringify(example)}`);
  }
  return `${sent.length.toLocaleString('en')} reports: each sample is kept once, the newest count of each facility is in force, no version is missing`;
}

const CHECKS = [
  {
    what: 'reports without exactly one sample',
    text: `select count(*)::int as wrong, min(facility_id || ' ' || observed_at) as example
      from (select s.facility_id, s.observed_at from sent s left join occupancy_sample o on o.facility_id = s.facility_id and o.observed_at = s.observed_at and o.free = s.free
        group by s.facility_id, s.observed_at having count(o.facility_id) <> 1) as wrongs`,
  },
  {
    what: 'samples that nobody sent',
    text: `select count(*)::int as wrong, min(facility_id || ' ' || observed_at) as example from occupancy_sample o where not exists (select from sent s where s.facility_id = o.facility_id and s.observed_at = o.observed_at)`,
  },
  {
    what: 'facilities whose figure is not that of the newest report',
    text: `select count(*)::int as wrong, min(n.facility_id || ' ' || n.observed_at) as example
      from (select distinct on (facility_id) * from sent order by facility_id, observed_at desc) as n
      left join live_availability l on l.facility_id = n.facility_id and l.space_class = 'STANDARD'
      where l.observed_at is distinct from n.observed_at or l.free is distinct from n.free`,
  },
  {
    what: 'facilities whose versions have a gap or a repetition',
    text: `select count(*)::int as wrong, min(facility_id::text) as example
      from (select facility_id from availability_change group by facility_id having count(*) <> count(distinct version) or max(version) - min(version) + 1 <> count(*)) as wrongs`,
  },
  {
    what: 'facilities whose log does not end with the version in force',
    text: `select count(*)::int as wrong, min(l.facility_id::text) as example
      from (select facility_id, max(version) as version from live_availability group by facility_id) as l
      join (select facility_id, max(version) as version from availability_change group by facility_id) as c using (facility_id) where c.version <> l.version`,
  },
];

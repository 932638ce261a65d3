import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { from } from 'pg-copy-streams';

const ROWS_A_TRANSACTION = 10_000;

/** The columns of a sample, without an index, a key or a partition. */
export async function createFloor(client) {
  await client.query('create schema bench');
  await client.query(`create table bench.sample (city char(6) not null, facility_id text not null, zone_key text not null, space_class text not null, scope text not null, feed_id text not null,
    observed_at timestamptz not null, sequence bigint not null, occupied int, free int, received_at timestamptz not null)`);
}

/** Seconds that it took to copy the reports, 10,000 a transaction; their text is made before the clock runs. */
export async function copySamples(client, reports) {
  const receivedAt = new Date().toISOString();
  const texts = [];
  for (let at = 0; at < reports.length; at += ROWS_A_TRANSACTION) {
    texts.push(Buffer.from(reports.slice(at, at + ROWS_A_TRANSACTION).map(({ facilityId, free, observedAt }) => `350500\t${facilityId}\tFACILITY\tSTANDARD\tSHARED\tfed_00000000000000000000000000\t${observedAt}\t0\t\\N\t${free}\t${receivedAt}\n`).join('')));
  }
  const startedAt = performance.now();
  for (const text of texts) await pipeline(Readable.from([text]), client.query(from('copy bench.sample from stdin')));
  return (performance.now() - startedAt) / 1_000;
}

import { createServer } from 'node:http';
import pg from 'pg';
import { FIRST, RADIUS_METRES, WEEK } from './query.mjs';

// The best that plain code does: a hand-written server and one prepared statement that prints the answer. It does not
// parse, check, authenticate or limit anything.
const { mercator } = await import(process.env.FLOOR_KERNEL);
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 });

const instant = minute => `to_char(timestamp '${new Date(WEEK.mondayAt + 8 * 3_600_000).toISOString().slice(0, 10)}' + ${minute} * interval '1 minute', 'YYYY-MM-DD"T"HH24:MI:SS') || '+08:00'`;
const point = 'st_setsrid(st_makepoint($1, $2), 3395)';

const text = `select '{"nearbyFacilities":{"edges":[' || coalesce(string_agg('{"distanceMetres":' || metres || ',"walkingMetres":' || round(metres * 1.36::float8 * 10) / 10
    || ',"until":"' || ${instant('until_minute')} || '","node":' || node
    || ',"availability":{"state":"OPEN","free":' || least(quota, lendable) || ',"capacity":' || capacity
    || '},"windows":[{"name":' || name || ',"startsAt":"' || ${instant('from_minute')} || '","endsAt":"' || ${instant('until_minute')} || '","quota":' || quota || '}]}', ',' order by metres, facility_id), '') || ']}}' as data
from (
  select near.*, round(st_distance(place, st_makepoint($3, $4)::geography) * 10) / 10 as metres
  from (
    select facility_id, place, node, capacity, lendable, names, froms, untils, quotas
    from bench.ready
    where st_dwithin(plane, ${point}, $5) and week @> int4range($6, $7) and status = 'OPEN'
    order by plane <-> ${point} limit ${FIRST + 4}
  ) as near
  order by metres, facility_id limit ${FIRST}
) as ranked
cross join lateral (
  select * from unnest(names, froms, untils, quotas) as w (name, from_minute, until_minute, quota) where from_minute <= $6 and until_minute >= $7 limit 1
) as covering
where metres <= ${RADIUS_METRES}`;

const server = createServer((request, response) => {
  const chunks = [];
  request.on('data', chunk => chunks.push(chunk));
  request.on('end', async () => {
    try {
      const { variables: { longitude, latitude } } = JSON.parse(Buffer.concat(chunks).toString());
      const { x, y } = mercator.toMercator({ longitude, latitude });
      const { rows } = await pool.query({ name: 'nearby', text, values: [x, y, longitude, latitude, RADIUS_METRES * mercator.scaleAt(latitude + 0.02) + 1, WEEK.fromMinute, WEEK.untilMinute] });
      const body = Buffer.from(`{"data":${rows[0].data}}`);
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  });
});
server.listen(Number(process.env.PORT), '127.0.0.1', () => process.send?.('listening'));

import { createServer } from 'node:http';
import pg from 'pg';

// The least that a durable booking can cost here: no GraphQL, no rights, no tariff, no audit, no notice; calls that arrive
// while a transaction is under way are written together in the next, by one statement under the lock of the interval, of
// which all of them are. It keeps what the peer keeps, in its tables: reservation, claim, vehicle, key and announcement.
/** Whoever finds the counter of the interval waits for its lock as well. */
const LOCK = 'insert into peer.promised values ($1, $2::tstzrange, 0) on conflict (facility_id, during) do update set spaces = promised.spaces';

const BOOK = `
  with asked as (
    select a.nth, a.key, a.plate, nextval('peer.reservation_id_seq') as id, nextval('peer.claim_id_seq') as claim_id
    from unnest($2::text[], $3::text[]) with ordinality as a (key, plate, nth)
    where not exists (select from peer.answer k where k.key = a.key)
    order by a.nth
    limit (select q.spaces - p.spaces from peer.quota q join peer.promised p using (facility_id) where p.facility_id = $1 and p.during = $4::tstzrange)
  ),
  claimed as (insert into peer.claim (id, facility_id, during) overriding system value select claim_id, $1, $4::tstzrange from asked),
  reserved as (insert into peer.reservation (id, claim_id, state) overriding system value select id, claim_id, 'CONFIRMED' from asked),
  parked as (insert into peer.vehicle select id, plate from asked),
  announced as (insert into peer.announcement (topic, payload) select 'reservation.booked', jsonb_build_object('id', id) from asked),
  counted as (update peer.promised set spaces = spaces + (select count(*) from asked) where facility_id = $1 and during = $4::tstzrange),
  kept as (insert into peer.answer select key, id from asked returning key, reservation_id)
  select key, reservation_id as id from kept union all select key, reservation_id from peer.answer where key = any($2)`;

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 2 });
let waiting = [];
let lanes = 0;

async function work() {
  lanes += 1;
  while (waiting.length > 0) {
    const taken = waiting;
    waiting = [];
    const client = await pool.connect();
    try {
      const { facilityId, startsAt, endsAt } = taken[0].input;
      const during = `[${startsAt},${endsAt})`;
      await client.query('begin');
      await client.query(LOCK, [facilityId, during]);
      const { rows } = await client.query({ name: 'book', text: BOOK, values: [facilityId, taken.map(({ input }) => input.idempotencyKey), taken.map(({ input }) => input.plates[0].number), during] });
      await client.query('commit');
      const ids = new Map(rows.map(({ key, id }) => [key, id]));
      for (const { input, answer } of taken) {
        const id = ids.get(input.idempotencyKey);
        answer({ data: { reserveSpace: id ? { reservation: { id, state: 'CONFIRMED' }, userErrors: [] } : { reservation: null, userErrors: [{ code: 'NOT_ENOUGH_SPACES', message: 'full' }] } } });
      }
    } finally {
      client.release();
    }
  }
  lanes -= 1;
}

createServer((request, response) => {
  if (request.headers.authorization !== `Bearer ${process.env.PEER_KEY}`) return response.writeHead(401).end();
  const chunks = [];
  request.on('data', chunk => chunks.push(chunk));
  request.on('end', () => {
    const answer = body => response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
    waiting.push({ input: JSON.parse(Buffer.concat(chunks).toString()).variables.input, answer });
    if (lanes < 2) setImmediate(() => lanes < 2 && void work());
  });
}).listen(Number(process.env.PORT), '127.0.0.1');

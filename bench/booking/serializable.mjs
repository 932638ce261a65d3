import { createServer } from 'node:http';
import { ApolloServer } from '@apollo/server';
import { expressMiddleware } from '@as-integrations/express5';
import { makeExecutableSchema } from '@graphql-tools/schema';
import express from 'express';
import pg from 'pg';

// The same booking as the textbook writes it: count what is promised over the interval, insert if it fits, under
// SERIALIZABLE, and again whenever the database says that the order cannot be kept. It stores a reservation, its claim,
// its vehicle, the idempotency key and an announcement; it knows no tariffs, no audit chain and no rights but a key.
export const TABLES = `
create schema peer;
create table peer.quota (facility_id text primary key, spaces int not null);
create table peer.promised (facility_id text, during tstzrange, spaces int not null, primary key (facility_id, during));
create table peer.claim (id bigint generated always as identity primary key, facility_id text not null, during tstzrange not null);
create index claim_during on peer.claim using gist (facility_id, during);
create table peer.reservation (id bigint generated always as identity primary key, claim_id bigint not null, state text not null, created_at timestamptz not null default now());
create table peer.vehicle (reservation_id bigint not null, plate text not null);
create table peer.answer (key text primary key, reservation_id bigint not null);
create table peer.announcement (id bigint generated always as identity primary key, topic text not null, payload jsonb not null);
`;

const typeDefs = `
  input PlateInput { number: String! }
  input ReserveSpaceInput { facilityId: ID! startsAt: String! endsAt: String! plates: [PlateInput!]! idempotencyKey: String! }
  type Reservation { id: ID! state: String! }
  type UserError { code: String! message: String! }
  type ReservationPayload { reservation: Reservation userErrors: [UserError!]! }
  type Query { ready: Boolean! }
  type Mutation { reserveSpace(input: ReserveSpaceInput!): ReservationPayload! }
`;

const CONFLICTS = new Set(['40001', '40P01']);

async function book(pool, { facilityId, startsAt, endsAt, plates, idempotencyKey }) {
  const client = await pool.connect();
  try {
    for (;;) {
      try {
        await client.query('begin isolation level serializable');
        const { rows: [told] } = await client.query('select reservation_id as id from peer.answer where key = $1', [idempotencyKey]);
        if (told) return await client.query('commit').then(() => ({ reservation: { id: told.id, state: 'CONFIRMED' }, userErrors: [] }));
        const during = `[${startsAt},${endsAt})`;
        const { rows: [{ left }] } = await client.query('select q.spaces - (select count(*)::int from peer.claim c where c.facility_id = q.facility_id and c.during && $2::tstzrange) as left from peer.quota q where q.facility_id = $1', [facilityId, during]);
        if (left < 1) return await client.query('rollback').then(() => ({ reservation: null, userErrors: [{ code: 'NOT_ENOUGH_SPACES', message: 'full' }] }));
        const { rows: [claim] } = await client.query('insert into peer.claim (facility_id, during) values ($1, $2) returning id', [facilityId, during]);
        const { rows: [{ id }] } = await client.query(`insert into peer.reservation (claim_id, state) values ($1, 'CONFIRMED') returning id`, [claim.id]);
        for (const { number } of plates) await client.query('insert into peer.vehicle values ($1, $2)', [id, number]);
        await client.query('insert into peer.answer values ($1, $2)', [idempotencyKey, id]);
        await client.query(`insert into peer.announcement (topic, payload) values ('reservation.booked', $1)`, [{ id }]);
        await client.query('commit');
        return { reservation: { id, state: 'CONFIRMED' }, userErrors: [] };
      } catch (error) {
        await client.query('rollback').catch(() => {});
        if (!CONFLICTS.has(error.code)) throw error;
      }
    }
  } finally {
    client.release();
  }
}

if (process.env.PORT) {
  const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: Number(process.env.PEER_POOL) });
  const resolvers = { Query: { ready: () => true }, Mutation: { reserveSpace: (_root, { input }) => book(pool, input) } };
  const apollo = new ApolloServer({ schema: makeExecutableSchema({ typeDefs, resolvers }) });
  await apollo.start();
  const app = express();
  app.use('/graphql', (request, response, next) => (request.headers.authorization === `Bearer ${process.env.PEER_KEY}` ? next() : response.status(401).end()), express.json(), expressMiddleware(apollo));
  createServer(app).listen(Number(process.env.PORT), '127.0.0.1');
}

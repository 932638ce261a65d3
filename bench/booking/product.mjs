import { product } from '../support/servers.mjs';

// The one file of this bench that knows how the product is asked for a booking and where it keeps what it promised.

const RESERVE = `mutation Reserve($input: ReserveSpaceInput!) {
  reserveSpace(input: $input) { reservation { id state } userErrors { code message } }
}`;

const DECIDE = `mutation Decide($input: DecideEntryInput!) {
  decideEntry(input: $input) { decision { id isAdmitted rule reasons { code message } } userErrors { code message } }
}`;

const FEED = `mutation Feed($input: DeclareOccupancyFeedInput!) {
  declareOccupancyFeed(input: $input) { feed { id } userErrors { code message } }
}`;

/** The body of a gate's question for a vehicle that nobody announced, and what an answer must hold: a decision that can be cited. */
export const decideCall = facilityId => JSON.stringify({ query: DECIDE, variables: { input: { facilityId, vehicle: { plate: nextPlate() }, idempotencyKey: nextKey() } } });
export const DECIDED = '"decision":{"id":"gat_';

/** The body of a mutation that inserts one row, with its key and its audit as every mutation has them. */
export const oneRowCall = partyId => JSON.stringify({ query: FEED, variables: { input: { partyId, feed: nextKey(), intervalSeconds: 60, idempotencyKey: nextKey() } } });
export const ONE_ROW = '"feed":{"id":"fed_';

/** What an answer must hold: the space is promised. */
export const CONFIRMED = '"state":"CONFIRMED"';

/** A mutation that does nothing: what the server, the key, the limits and the executor cost by themselves. */
export const EMPTY_CALL = JSON.stringify({ query: 'mutation { __typename }' });

let calls = 0;
const nextKey = () => `bench-${process.pid}-${(calls += 1)}`;
const nextPlate = () => `闽C${String(calls % 100_000).padStart(5, '0')}`;

/** The body of a booking by its quote. */
export const reserveCall = ({ quoteId, key }) => ({
  headers: `authorization: Bearer ${key}\r\n`,
  body: JSON.stringify({ query: RESERVE, variables: { input: { quoteId, plates: [{ number: nextPlate() }], idempotencyKey: nextKey() } } }),
});

/** The body of the same booking for the peer, which has no quotes. */
export const peerCall = ({ facilityId, during }) => JSON.stringify({
  query: RESERVE,
  variables: { input: { facilityId, startsAt: new Date(during.startsAt).toISOString(), endsAt: new Date(during.endsAt).toISOString(), plates: [{ number: nextPlate() }], idempotencyKey: nextKey() } },
});

/** Lets the application write a facility's search row after its spaces were made many. */
export async function widen(client, facilityId, spaces) {
  const [{ upsertSearch }, { refreshSearch }] = await Promise.all(['facilities/search.sql.js', 'sharing/refresh-search.js'].map(product));
  await client.query('set session_replication_role = replica');
  await client.query('update facility_capacity set total = $2, shareable = $2, out_of_service = 0 where facility_id = $1', [facilityId, spaces]);
  await client.query(`update sharing_window set terms = jsonb_set(terms, '{quota,STANDARD}', to_jsonb($2::int)) where facility_id = $1`, [facilityId, spaces]);
  const sql = { query: async (text, params = []) => (await client.query(text, params)).rows, now: Date.now(), announce() {} };
  await upsertSearch(sql, [facilityId]);
  await refreshSearch(sql, [facilityId]);
  await client.query('set session_replication_role = origin');
}

/** Opens the application in this process, to make the quotes that the callers will book; each call makes as many as it is given stays. So many bookings as a firm may have open are one firm's, with a key of its own. */
export async function openQuoter({ environment }) {
  const [{ RequestScope, readConfiguration, transaction }, { closeServices, openServices }, { rooms }, { issueApiKey, registerParty, systemViewer }, { judgeStays }, { keepStays }, { MOST_OPEN }] = await Promise.all(
    ['platform/index.js', 'server/open-services.js', 'server/rooms.js', 'identity/index.js', 'parking/judge-stays.js', 'parking/quote-stay.js', 'parking/rules/open-bookings.js'].map(product),
  );
  const services = await openServices(readConfiguration(environment), rooms);
  const scope = new RequestScope(services, systemViewer, 'en', 'bench');
  const openFirm = async () => {
    const { value: { partyId } } = await registerParty(scope, { kind: 'ENTERPRISE', name: 'bench' });
    const issued = await issueApiKey(scope, { partyId, name: 'bench', scopes: ['reservation:write', 'reservation:read'], limitClass: 'BENCH' });
    return { partyId, key: issued.value.secret };
  };
  return {
    async quote(stays) {
      const quoted = [];
      for (let at = 0; at < stays.length; at += MOST_OPEN.others) {
        const { partyId, key } = await openFirm();
        const part = stays.slice(at, at + MOST_OPEN.others).map(stay => ({ spaceClass: 'STANDARD', spaces: 1, spaceId: null, ...stay }));
        await transaction(scope, async unit => {
          // Stays that are alike are judged once: what is measured is the booking, not the quote.
          const kinds = new Map(part.map(stay => [JSON.stringify(stay), stay]));
          const judged = await judgeStays(unit, [...kinds.values()], unit.now);
          const refused = judged.find(each => 'problems' in each);
          if (refused) throw new Error(`a stay of the bench is refused: ${JSON.stringify(refused.problems)}`);
          const judgedOf = new Map([...kinds.keys()].map((kind, nth) => [kind, judged[nth].value]));
          const quotes = await keepStays(unit, part.map(stay => ({ stay: judgedOf.get(JSON.stringify(stay)), holder: { partyId, demandClass: 'TRIP', changes: null } })));
          quoted.push(...quotes.map(({ id }) => ({ quoteId: id, key })));
          return { ok: true, value: null };
        });
      }
      return quoted;
    },
    close: () => closeServices(services),
  };
}

/** Fails where at any instant more is promised than is lent, or where claims, counters, reservations and answers differ. */
export async function checkPromises(client, { accepted, peersAccepted }) {
  for (const { what, text } of CHECKS) {
    const { rows: [{ wrong, example }] } = await client.query(text);
    if (wrong > 0) throw new Error(`${wrong} ${what}, one is ${JSON.stringify(example)}`);
  }
  const { rows: [{ count }] } = await client.query(`select count(*)::int as count from reservation where state = 'CONFIRMED'`);
  if (count !== accepted) throw new Error(`${accepted} bookings were answered as confirmed, ${count} stand`);
  const { rows: [peers] } = await client.query('select (select count(*) from peer.answer)::int as answers, (select count(*) from peer.claim)::int as claims, (select count(distinct claim_id) from peer.reservation)::int as reservations');
  if (Object.values(peers).some(kept => kept !== peersAccepted)) throw new Error(`the peers answered ${peersAccepted} bookings, and keep ${JSON.stringify(peers)}`);
  return `${accepted.toLocaleString('en')} bookings: each has one claim, the counters are their sums, and no instant promises more than is lent`;
}

const QUOTAS = `select s.facility_id, (s.windows -> 0 -> 'terms' -> 'quota' ->> 'STANDARD')::int as quota from facility_search s`;

const CHECKS = [
  {
    what: 'instants at which more is promised than is lent',
    text: `select count(*)::int as wrong, min(facility_id || ' ' || at) as example from (
      select c.facility_id, c.at, sum(c.by) over (partition by c.facility_id order by c.at) as promised, q.quota
      from (select facility_id, at, sum(by) as by from (select facility_id, starts_at as at, spaces as by from claim where ended_at is null union all select facility_id, ends_at, -spaces from claim where ended_at is null) as changes group by facility_id, at) as c
      join (${QUOTAS}) as q using (facility_id)) as steps
    where promised > quota`,
  },
  {
    what: 'reservations without exactly one claim of their own',
    text: `select count(*)::int as wrong, min(r.id) as example from reservation r
      where (select count(*) from claim c where c.cause_kind = 'RESERVATION' and c.cause_id = r.id and c.ended_at is null and c.starts_at <= r.starts_at and c.ends_at >= r.ends_at and c.spaces = r.spaces) <> 1`,
  },
  {
    what: 'buckets whose counter is not the sum of its claims',
    text: `with counted as (
        select d.facility_id, extract(epoch from d.day)::bigint + (b.nth - 1) * 300 as at, sum(b.claimed)::int as claimed
        from claim_day d, unnest(d.claimed) with ordinality as b (claimed, nth) where b.claimed > 0 group by 1, 2),
      promised as (
        select c.facility_id, at, sum(c.spaces)::int as claimed
        from claim c, generate_series(extract(epoch from c.starts_at)::bigint, extract(epoch from c.ends_at)::bigint - 300, 300) as at
        where c.ended_at is null and c.held_until is null group by 1, 2)
      select count(*)::int as wrong, min(coalesce(a.facility_id, b.facility_id)) as example
      from counted a full join promised b using (facility_id, at) where a.claimed is distinct from b.claimed`,
  },
];

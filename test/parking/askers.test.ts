import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Viewer } from '../../src/platform/index.js';
import { quotaOf } from '../../src/sharing/index.js';
import { addWindows, termsDraft } from '../support/city.js';
import { ERRORS, FIELDS, newPlate } from './booking-city.js';
import { at, during, openGateCity, type GateCity } from './gate-city.js';

let city: GateCity;
let driver: Viewer;
let made = 0;

beforeAll(async () => {
  city = await openGateCity();
});

beforeEach(async () => {
  city.clock(at('09:00'));
  driver = await city.driver();
});

afterAll(() => city.database.close());

const residents = (told: object = {}) => city.lot({ audience: { kind: 'RESIDENTS' }, quota: quotaOf({ STANDARD: 2 }), ...told } as never);
const codes = (answer: { userErrors: ReadonlyArray<{ code: string }> }): string[] => answer.userErrors.map(({ code }) => code);
/** Admits a vehicle as the driver's own. */
const admit = (facilityId: string, audience: 'RESIDENTS' | 'AGREEMENT_HOLDERS', plate: { number: string }, more: object = {}): Promise<readonly string[]> => city.admit(facilityId, [plate.number], { audience, partyId: driver.partyIds[0], ...more });
const quote = async (facilityId: string, span: object, plates?: readonly object[], more: object = {}) =>
  (await city.ask(driver, 'mutation q($input: QuoteStayInput!) { quoteStay(input: $input) { quote { id audiences amountFen } userErrors { code field } } }', { input: { facilityId, during: span, ...(plates ? { plates } : {}), idempotencyKey: `asker ${++made}`, ...more } })).quoteStay;
const audiencesOf = async (id: string) => (await city.ask(driver, 'query r($id: ID!) { reservation(id: $id) { audiences } }', { id })).reservation.audiences;
const eligibilityOf = async (id: string) => (await city.database.query<{ eligibility: string }>('select eligibility from claim where cause_id = $1 and ended_at is null', [id])).map(({ eligibility }) => eligibility);

test('2.5-5: what is lent to residents is quoted and booked for vehicles that are admitted as theirs, claimed as such, and opens the gate', async () => {
  const lot = await residents();
  const [own, other] = [newPlate(), newPlate()];
  await admit(lot, 'RESIDENTS', own);
  const before = await city.written();

  const anybody = await quote(lot, during('19:00–22:00'));
  const stranger = await quote(lot, during('19:00–22:00'), [other]);
  const mixed = await quote(lot, during('19:00–22:00'), [own, other], { spaces: 2 });

  expect([anybody, stranger, mixed].map(codes)).toEqual([['NOT_LENT'], ['NOT_LENT'], ['NOT_LENT']]);
  expect(await city.written()).toEqual(before);
  const { quote: quoted } = await quote(lot, during('19:00–22:00'), [own]);
  expect(quoted.audiences).toEqual(['RESIDENTS']);
  const { reservation } = await city.reserve(driver, quoted.id, { plates: [own] });
  expect(reservation.state).toBe('CONFIRMED');
  expect([await audiencesOf(reservation.id), await eligibilityOf(reservation.id)]).toEqual([['RESIDENTS'], ['R-::']]);
  city.clock(at('18:50'));
  expect((await city.decide(lot, own.number)).decision).toMatchObject({ isAdmitted: true, basis: 'RESERVATION', reservation: { id: reservation.id } });
});

test('a quote for an audience is for its plates alone: any other is refused, and nothing is written', async () => {
  const lot = await residents();
  const [own, second] = [newPlate(), newPlate()];
  await admit(lot, 'RESIDENTS', own);
  await admit(lot, 'RESIDENTS', second);
  const { quote: quoted } = await quote(lot, during('19:00–22:00'), [own]);
  const before = await city.written();

  // Also a neighbour's, though it is admitted: the quote was not judged for it.
  const answers = [await city.reserve(driver, quoted.id), await city.reserve(driver, quoted.id, { plates: [second] }), await city.reserve(driver, quoted.id, { plates: [own, newPlate()] })];

  expect(answers.map(codes)).toEqual([['QUOTE_OF_OTHER_PLATES'], ['QUOTE_OF_OTHER_PLATES'], ['QUOTE_OF_OTHER_PLATES']]);
  expect(await city.written()).toEqual(before);
});

test('an admission that ended meanwhile books nothing; one that ends within the stay quotes nothing', async () => {
  const lot = await residents();
  const [own, leaving] = [newPlate(), newPlate()];
  await admit(lot, 'RESIDENTS', own);
  await admit(lot, 'RESIDENTS', leaving, { endsAt: during('21:00–22:00').startsAt });
  const { quote: quoted } = await quote(lot, during('19:00–22:00'), [own]);
  expect(codes(await quote(lot, during('19:00–22:00'), [leaving]))).toEqual(['NOT_LENT']);
  expect((await quote(lot, during('19:00–21:00'), [leaving])).quote.audiences).toEqual(['RESIDENTS']);
  await city.database.query(`update admitted_vehicle set ends_at = to_timestamp($2 / 1000.0) where facility_id = $1 and ends_at is null`, [lot, at('20:00')]);
  const before = await city.written();

  const refused = await city.reserve(driver, quoted.id, { plates: [own] });

  expect(codes(refused)).toEqual(['VEHICLE_NOT_ADMITTED']);
  expect(await city.written()).toEqual(before);
});

test('what was booked opens the gate though the admission has ended since: it was promised', async () => {
  const lot = await residents();
  const own = newPlate();
  await admit(lot, 'RESIDENTS', own);
  const { reservation } = await city.reserve(driver, (await quote(lot, during('10:00–12:00'), [own])).quote.id, { plates: [own] });
  await city.database.query('update admitted_vehicle set ends_at = to_timestamp($2 / 1000.0) where facility_id = $1', [lot, at('09:30')]);

  city.clock(at('10:05'));

  expect((await city.decide(lot, own.number)).decision).toMatchObject({ isAdmitted: true, basis: 'RESERVATION', reservation: { id: reservation.id } });
});

test('3.2-4: holders of an agreement book what is lent to them; where anybody may stay, a quote with plates is for these, one without for any', async () => {
  const [lot, open] = [await residents({ audience: { kind: 'AGREEMENT_HOLDERS' } }), await city.lot()];
  const own = newPlate();
  await admit(lot, 'AGREEMENT_HOLDERS', own, { agreementId: 'agr_test' });
  await admit(open, 'RESIDENTS', own);

  const { quote: held } = await quote(lot, during('19:00–20:00'), [own]);
  const { quote: named } = await quote(open, during('20:00–21:00'), [own]);
  const { quote: unnamed } = await quote(open, during('21:00–22:00'));
  const { quote: strangers } = await quote(open, during('21:00–22:00'), [newPlate()]);

  expect([held, named, unnamed, strangers].map(each => each.audiences)).toEqual([['AGREEMENT_HOLDERS'], ['RESIDENTS'], [], []]);
  expect((await city.reserve(driver, held.id, { plates: [own] })).reservation.state).toBe('CONFIRMED');
  expect(codes(await city.reserve(driver, named.id))).toEqual(['QUOTE_OF_OTHER_PLATES']);
  // Whom no audience named gains nothing by its plates, and is bound by nothing.
  expect((await city.reserve(driver, strangers.id)).reservation.state).toBe('CONFIRMED');
  expect((await city.reserve(driver, unnamed.id)).reservation.state).toBe('CONFIRMED');
});

test('a change is judged for the plates of its reservation, and other plates must be admitted, too', async () => {
  const lot = await residents();
  const [own, second] = [newPlate(), newPlate()];
  await admit(lot, 'RESIDENTS', own);
  await admit(lot, 'RESIDENTS', second);
  const { reservation } = await city.reserve(driver, (await quote(lot, during('19:00–20:00'), [own])).quote.id, { plates: [own] });
  const { quote: longer } = await quote(lot, during('18:00–21:00'), undefined, { changesReservationId: reservation.id });
  const replate = async (plate: object) => (await city.ask(driver, `mutation m($input: ChangePlatesInput!) { changePlates(input: $input) { reservation { ${FIELDS} } ${ERRORS} } }`, { input: { reservationId: reservation.id, plates: [plate], idempotencyKey: `plates ${++made}` } })).changePlates;
  const before = await city.written();

  const named = await quote(lot, during('18:00–21:00'), [own], { changesReservationId: reservation.id });
  const stranger = await replate(newPlate());

  expect([named, stranger].map(codes)).toEqual([['CHANGE_KEEPS_PLATES'], ['VEHICLE_NOT_ADMITTED']]);
  expect(await city.written()).toEqual(before);
  const { changeReservation } = await city.ask(driver, `mutation m($input: ChangeReservationInput!) { changeReservation(input: $input) { reservation { ${FIELDS} } ${ERRORS} } }`, { input: { reservationId: reservation.id, quoteId: longer.id, idempotencyKey: longer.id } });
  expect(changeReservation.reservation).toMatchObject({ state: 'CONFIRMED', during: { endsAt: '2026-02-11T21:00:00+08:00' } });
  expect([await audiencesOf(reservation.id), await eligibilityOf(reservation.id)]).toEqual([['RESIDENTS'], ['R-::']]);
  expect((await replate(second)).reservation.version).toBe('3');
});

test('the nights of a series are judged for its plates, each by itself', async () => {
  const lot = await residents();
  const own = newPlate();
  await admit(lot, 'RESIDENTS', own, { startsAt: during('12:00–13:00', 1).startsAt });

  const { series } = (await city.ask(driver, `mutation m($input: ReserveSeriesInput!) { reserveSeries(input: $input) { series { reservations { edges { node { audiences } } } refused { on reasons { code } } } ${ERRORS} } }`, {
    input: { facilityId: lot, on: { dates: ['2026-02-11', '2026-02-12', '2026-02-13'] }, from: '18:00', until: '07:30', mode: 'BEST_EFFORT', plates: [own], idempotencyKey: `series ${++made}` },
  })).reserveSeries;

  expect(series).toEqual({ reservations: { edges: [{ node: { audiences: ['RESIDENTS'] } }, { node: { audiences: ['RESIDENTS'] } }] }, refused: [{ on: '2026-02-11', reasons: [{ code: 'NOT_LENT' }] }] });
});

test('P1: residents and the public never have more than is lent, whoever books for whom', async () => {
  const lot = await residents({ quota: quotaOf({ STANDARD: 2 }) });
  const plates = Array.from({ length: 5 }, newPlate);
  const firm = await city.firm();
  driver = firm;
  for (const plate of plates) await admit(lot, 'RESIDENTS', plate);
  const quotes = [];
  for (const plate of plates) quotes.push((await quote(lot, during('19:00–22:00'), [plate])).quote);

  const answers = await Promise.all(quotes.map((each, nth) => city.reserve(firm, each.id, { plates: [plates[nth]!] })));

  expect(answers.filter(answer => answer.reservation !== null)).toHaveLength(2);
  expect(answers.filter(answer => answer.reservation === null).map(codes)).toEqual(Array.from({ length: 3 }, () => ['NOT_ENOUGH_SPACES']));
});

const QUOTED = 'mutation q($input: QuoteStayInput!) { quoteStay(input: $input) { quote { audiences amountFen spaces isProvisional isHeldUntilPaid changesReservationId expiresAt during { startsAt endsAt } lines { rule amountFen } facility { id } } userErrors { __typename code message field clause } } }';
const SERIES = 'mutation s($input: ReserveSeriesInput!) { reserveSeries(input: $input) { series { refused { on } } userErrors { __typename code message field clause } } }';

test.each([['RESIDENTS alone', ['RESIDENTS']], ['AGREEMENT_HOLDERS alone', ['AGREEMENT_HOLDERS']], ['both, and some to anybody', ['RESIDENTS', 'AGREEMENT_HOLDERS', 'PUBLIC']]] as const)(
  '2.5-5: what is lent to %s answers whoever names another’s plate as if nothing were recorded of it, and writes nothing else; its own party has it',
  async (_name, kinds) => {
    const [first, ...others] = kinds.map(kind => termsDraft({ audience: { kind }, quota: quotaOf({ STANDARD: 5 }) } as never));
    const lot = await city.lot(first);
    if (others.length > 0) await addWindows(city.system, others.map(terms => ({ facility: { id: lot }, terms })));
    const [party, resident, holder, gateOnly] = [driver, newPlate(), newPlate(), newPlate()];
    await admit(lot, 'RESIDENTS', resident);
    await admit(lot, 'AGREEMENT_HOLDERS', holder, { agreementId: 'agr_test' });
    for (const audience of ['RESIDENTS', 'AGREEMENT_HOLDERS'] as const) await admit(lot, audience, gateOnly, { partyId: null });
    const stranger = await city.driver();
    const ask = async (query: string, input: object): Promise<{ readonly answer: unknown; readonly wrote: unknown }> => {
      const before = await city.written();
      const answer = await city.ask(stranger, query, { input: { facilityId: lot, idempotencyKey: `stranger ${++made}`, ...input } });
      const after = await city.written();
      return { answer, wrote: Object.keys(after).map(table => [table, after[table]! - before[table]!]) };
    };
    const answersFor = async (plates: readonly object[]): Promise<unknown> => [
      await ask(QUOTED, { during: during('19:00–22:00'), plates }),
      await ask(SERIES, { on: { dates: ['2026-02-12'] }, from: '19:00', until: '22:00', mode: 'ALL_OR_NOTHING', plates }),
    ];

    const unknown = await answersFor([newPlate()]);

    for (const plate of [resident, holder, gateOnly]) expect(await answersFor([plate])).toEqual(unknown);
    driver = party;
    const own = [(await quote(lot, during('10:00–12:00'), [resident])), (await quote(lot, during('10:00–12:00'), [holder])), (await quote(lot, during('10:00–12:00'), [gateOnly]))];
    const had = (audience: string) => ((kinds as readonly string[]).includes(audience) ? [audience] : (kinds as readonly string[]).includes('PUBLIC') ? [] : null);
    expect(own.map(each => each.quote?.audiences ?? null)).toEqual([had('RESIDENTS'), had('AGREEMENT_HOLDERS'), had('NOBODY')]);
    // The gate goes by the plate, whoever's it is.
    expect((await city.decide(lot, gateOnly.number)).decision).toMatchObject({ isAdmitted: true, basis: expect.stringMatching(kinds.length > 1 ? /^(RESIDENT|AGREEMENT)$/ : kinds[0] === 'RESIDENTS' ? /^RESIDENT$/ : /^AGREEMENT$/) });
  },
);

test('a booking for an audience is changed and given other plates by its party’s own admissions alone', async () => {
  const lot = await residents();
  const [own, neighbours] = [newPlate(), newPlate()];
  await admit(lot, 'RESIDENTS', own);
  await admit(lot, 'RESIDENTS', neighbours, { partyId: (await city.driver()).partyIds[0] });
  const { reservation } = await city.reserve(driver, (await quote(lot, during('19:00–20:00'), [own])).quote.id, { plates: [own] });
  const replate = async (plate: object) => (await city.ask(driver, 'mutation m($input: ChangePlatesInput!) { changePlates(input: $input) { reservation { id } userErrors { code message field clause } } }', { input: { reservationId: reservation.id, plates: [plate], idempotencyKey: `plates ${++made}` } })).changePlates;
  const masked = ({ userErrors }: any) => userErrors.map((error: any) => ({ ...error, message: error.message.replace(/闽\S+/, '号牌') }));
  const before = await city.written();

  const [theirs, unknown] = [await replate(neighbours), await replate(newPlate())];

  expect(masked(theirs)).toEqual(masked(unknown));
  expect(codes(theirs)).toEqual(['VEHICLE_NOT_ADMITTED']);
  expect(await city.written()).toEqual(before);
  await city.database.query('update admitted_vehicle set party_id = null where facility_id = $1', [lot]);
  expect(codes(await quote(lot, during('18:00–21:00'), undefined, { changesReservationId: reservation.id }))).toEqual(['NOT_LENT']);
});

test('2.5-5: who is refused with plates is offered where these are admitted as its own, and can book there; nobody else is, and what is kept of a series names no vehicle', async () => {
  const place = (metres: number) => ({ longitude: 118.9 + metres / 100_000, latitude: 25.9 });
  const terms = { audience: { kind: 'RESIDENTS' as const }, quota: quotaOf({ STANDARD: 1 }) };
  const [full, estate] = [await city.lot({ quota: quotaOf({ STANDARD: 1 }) }, {}, place(0)), await city.lot(terms, {}, place(100))];
  const own = newPlate();
  await admit(estate, 'RESIDENTS', own);
  await city.book(await city.driver(), { facilityId: full, during: during('19:00–22:00') });
  const stranger = await city.driver();
  const offered = async (viewer: Viewer, plates?: readonly object[]) => {
    const { userErrors } = await city.quote(viewer, { facilityId: full, during: during('19:00–22:00'), ...(plates ? { plates } : {}) });
    expect(userErrors).toMatchObject([{ code: 'NOT_ENOUGH_SPACES' }]);
    return userErrors[0].alternatives.map((each: any) => each.facility.id);
  };

  expect([await offered(driver, [own]), await offered(driver), await offered(driver, [newPlate()]), await offered(stranger, [own])]).toEqual([[estate], [], [], []]);

  const series = (mode: string, dates: readonly string[]) => city.ask(driver, `mutation m($input: ReserveSeriesInput!) { reserveSeries(input: $input) { series { id } ${ERRORS} } }`, {
    input: { facilityId: full, on: { dates }, from: '19:00', until: '22:00', mode, plates: [own], idempotencyKey: `series offered ${++made}` },
  });
  const { reserveSeries: refused } = await series('ALL_OR_NOTHING', ['2026-02-11']);
  expect(refused.userErrors[0].alternatives.map((each: any) => each.facility.id)).toEqual([estate]);
  const { reserveSeries: some } = await series('BEST_EFFORT', ['2026-02-11', '2026-02-12']);
  const [{ kept }] = (await city.database.query('select refused::text as kept from series where id = $1', [some.series.id])) as [{ kept: string }];
  expect([kept.includes('NOT_ENOUGH_SPACES'), kept.includes('hash'), kept.includes(driver.partyIds[0]!)]).toEqual([true, false, false]);
  const readAgain = async (viewer: Viewer): Promise<any> =>
    (await city.ask(viewer, 'query n($id: ID!) { node(id: $id) { ... on Series { refused { reasons { ... on NotEnoughSpaces { freeSpaces alternatives { facility { id } } } } } } } }', { id: some.series.id })).node?.refused[0].reasons[0] ?? null;
  expect(await readAgain(driver)).toEqual({ freeSpaces: 0, alternatives: [{ facility: { id: estate } }] });
  // Who may not book for the party, though it may read what is booked, reads no series at all.
  const clerk: Viewer = { ...driver, actorId: 'clerk', grants: driver.grants.filter(({ action }) => action !== 'reservation:write') };
  expect([await readAgain(stranger), await readAgain(clerk)]).toEqual([null, null]);
  const { quote: quoted } = await quote(estate, during('19:00–22:00'), [own]);
  expect((await city.reserve(driver, quoted.id, { plates: [own] })).reservation.state).toBe('CONFIRMED');
});

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import '../support/property-seed.js';
import { identityRoom } from '../../src/identity/index.js';
import { facilitiesRoom } from '../../src/facilities/index.js';
import { closeSettlementDays } from '../../src/billing/close-settlement-days.js';
import { checkLedger } from '../../src/billing/ledger-check.js';
import { markUnpaidCharges } from '../../src/billing/mark-unpaid.js';
import { refundSent } from '../../src/billing/index.js';
import type { Database } from '../../src/platform/index.js';
import { inUnit } from '../support/city.js';
import { openTestDatabase } from '../support/database.js';
import { balances, foundLedgerCity, openCharge, pay, refund, valueOf, type LedgerCity } from './ledger-city.js';

let database: Database;
let city: LedgerCity;

beforeAll(async () => {
  database = await openTestDatabase([...identityRoom.entities, ...facilitiesRoom.entities]);
  city = await foundLedgerCity(database);
});

afterAll(() => database.close());

const SITES = ['agency', 'institution', 'estate', 'shop'] as const;
type Site = (typeof SITES)[number];

/** A charge as a simple mind keeps it. */
interface Kept {
  readonly id: string;
  readonly site: Site;
  dueFen: number;
  paidFen: number;
  refundedFen: number;
}

/** All the money there is, by hand: what each kind of account must hold. */
class Book {
  readonly fen: Record<string, number> = {};
  readonly charges: Kept[] = [];
  readonly owed: Array<{ readonly id: string; readonly fen: number }> = [];
  readonly remitted = { TREASURY: 0 };

  move(kind: string, fen: number): void {
    this.fen[kind] = (this.fen[kind] ?? 0) + fen;
    if (this.fen[kind] === 0) delete this.fen[kind];
  }
}

const isTreasury = (site: Site): boolean => site === 'agency' || site === 'institution';
const payeeKind = (site: Site): string => (isTreasury(site) ? 'TREASURY' : site === 'estate' ? 'COST_SHARING' : 'PAYABLE');
let reference = 0;

type Step = readonly ['open' | 'pay' | 'pay again' | 'refund' | 'send' | 'day' | 'due', number, number];

async function act(book: Book, [verb, pick, amount]: Step): Promise<void> {
  const charge = book.charges[pick % Math.max(1, book.charges.length)];
  if (verb === 'open') {
    const site = SITES[pick % SITES.length]!;
    book.charges.push({ id: await openCharge(city, city.facilities[site], { amountFen: amount }), site, dueFen: amount, paidFen: 0, refundedFen: 0 });
    book.move('RECEIVABLE', amount);
    book.move('AWAITED', -amount);
  } else if (verb === 'day') {
    await nextDay(book);
  } else if (verb === 'due') {
    city.services.clock.advance(3_600_001);
    await markUnpaidCharges(city.services);
  } else if (verb === 'send') {
    const refunded = book.owed.shift();
    if (!refunded) return;
    valueOf(await inUnit(city.scope, unit => refundSent(unit, { refundId: refunded.id })));
    book.move('REFUND_OWED', refunded.fen);
    book.move('CLEARING', -refunded.fen);
  } else if (charge && verb === 'refund') {
    await takeOff(book, charge, amount);
  } else if (charge) {
    await settle(book, charge, amount);
  }
}

async function settle(book: Book, charge: Kept, amount: number): Promise<void> {
  const isOwed = charge.paidFen === 0 && charge.dueFen > 0;
  const paidFen = isOwed ? charge.dueFen + (amount % 3) : amount;
  valueOf(await pay(city, charge.id, paidFen, `m-${(reference += 1)}`));
  book.move('CLEARING', paidFen);
  const earnedFen = isOwed ? charge.dueFen : 0;
  if (isOwed) {
    charge.paidFen = earnedFen;
    book.move('RECEIVABLE', -earnedFen);
    book.move('AWAITED', earnedFen);
    book.move(payeeKind(charge.site), -earnedFen);
  }
  if (paidFen > earnedFen) {
    const [row] = await database.query<{ id: string }>(`select id from charge_refund where provider_reference = $1`, [`m-${reference}`]);
    book.owed.push({ id: row!.id, fen: paidFen - earnedFen });
    book.move('REFUND_OWED', earnedFen - paidFen);
  }
}

async function takeOff(book: Book, charge: Kept, amount: number): Promise<void> {
  const outcome = await refund(city, charge.id, amount);
  const most = charge.paidFen > 0 ? charge.paidFen - charge.refundedFen : charge.dueFen;
  expect(outcome.ok).toBe(amount <= most);
  if (!outcome.ok) return;
  if (charge.paidFen === 0) {
    charge.dueFen -= amount;
    book.move('RECEIVABLE', -amount);
    book.move('AWAITED', amount);
    return;
  }
  charge.refundedFen += amount;
  book.owed.push({ id: outcome.value.refundId!, fen: amount });
  book.move('REFUND_OWED', -amount);
  book.move(isTreasury(charge.site) ? 'TREASURY_CLAIM' : payeeKind(charge.site), amount);
}

/** Midnight: each payee with more receipts than refunds is paid out; the treasury's, always and whole. */
async function nextDay(book: Book): Promise<void> {
  city.services.clock.advance(86_400_000);
  await closeSettlementDays(city.services);
  for (const kind of ['TREASURY', 'COST_SHARING', 'PAYABLE']) {
    const held = book.fen[kind] ?? 0;
    if (held >= 0) continue;
    book.move(kind === 'TREASURY' ? 'REMITTED' : 'PAID_OUT', held);
    book.move(kind, -held);
  }
}

const steps = fc.array(
  fc.tuple(fc.constantFrom('open', 'open', 'pay', 'pay', 'pay again', 'refund', 'refund', 'send', 'day', 'due') as fc.Arbitrary<Step[0]>, fc.nat(7), fc.integer({ min: 1, max: 1_500 })),
  { minLength: 5, maxLength: 30 },
);

test('random sequences of charging, paying, refunding, sending and closing days: the ledger is the fold, sums to zero, and the treasury never nets', async () => {
  const book = new Book();

  await fc.assert(fc.asyncProperty(steps, async sequence => {
    for (const step of sequence) {
      await act(book, step);
      const held = await balances(database);
      expect(held).toEqual(book.fen);
      expect(Object.values(held).reduce((sum, fen) => sum + fen, 0)).toBe(0);
    }
    const treasury = book.charges.filter(charge => isTreasury(charge.site)).reduce((sum, charge) => sum + charge.paidFen, 0);
    expect((book.fen.TREASURY ?? 0) + (book.fen.REMITTED ?? 0)).toBe(-treasury);
    expect(await checkLedger(database)).toMatchObject({ isSound: true, differences: [], treasuryReceivedFen: treasury });
  }), { numRuns: 12, endOnFailure: true });
}, 120_000);

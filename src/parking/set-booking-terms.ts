import { done, problem, refuse, type Outcome, type Problem } from '../kernel/index.js';
import { ensureMay } from '../identity/index.js';
import { newId, transaction, type RequestScope, type Unit } from '../platform/index.js';
import { notFound } from '../platform/graphql/index.js';
import { checkTerms, DEFAULT_TERMS, wholeTerms } from './rules/booking-terms.js';
import { endTermsAt, insertTerms, lockTerms, termsById, termsInForce } from './terms.sql.js';
import type { BookingTermsInForce } from './terms.type.js';

export interface SetBookingTerms {
  readonly facilityId?: string | null;
  readonly city?: string | null;
  readonly terms: Readonly<Record<string, unknown>>;
  readonly legalBasis: string;
  readonly startsAt?: number | null;
  readonly endsAt?: number | null;
  readonly idempotencyKey: string;
}

/** Sets the terms on which a facility, or a whole city, takes reservations from an instant on (P12). What was agreed before stays as it was. */
export function setBookingTerms(scope: RequestScope, input: SetBookingTerms): Promise<Outcome<{ readonly termsId: string }>> {
  return transaction(scope, async unit => {
    const place = await placeOf(unit, input);
    const given = Object.fromEntries(Object.entries(input.terms).filter(([, value]) => value != null));
    const terms = wholeTerms(given);
    const startsAt = input.startsAt ?? unit.now;
    const endsAt = input.endsAt ?? null;
    const problems = [...checkTerms(terms).map(each => ({ ...each, field: `terms.${each.field}` })), ...validityProblems({ startsAt, endsAt, legalBasis: input.legalBasis }, unit.now)];
    if (problems.length > 0) return refuse(problems);

    await lockTerms(unit, place.city);
    await endTermsAt(unit, { ...place, startsAt });
    const id = newId('bookingTerms', unit.now);
    await insertTerms(unit, { ...place, id, terms, legalBasis: input.legalBasis.trim(), startsAt, endsAt, recordedBy: scope.viewer.actorId }, unit.now);
    unit.record({ action: 'terms:write', objectType: 'bookingTerms', objectId: id, reason: input.legalBasis.trim(), details: { ...place, startsAt, endsAt } });
    return done({ termsId: id });
  }, { operation: 'setBookingTerms', key: input.idempotencyKey, input });
}

/** Of what the terms are: whoever runs the facility sets its own, the departments in charge the city's. */
async function placeOf(unit: Unit, { facilityId, city }: SetBookingTerms): Promise<{ readonly city: string; readonly facilityId: string | null }> {
  const { viewer } = unit.scope;
  if (facilityId == null) {
    ensureMay(viewer, 'terms:write', { jurisdictionCode: city ?? null });
    if (city == null || !/^\d{6}$/.test(city)) throw notFound('city', city ?? '');
    return { city, facilityId: null };
  }
  const [facility] = await termsInForce(unit, [facilityId], unit.now);
  if (!facility) throw notFound('facility', facilityId);
  ensureMay(viewer, 'terms:write', { partyId: facility.partyIds, jurisdictionCode: facility.jurisdictionCodes });
  return { city: facility.city, facilityId };
}

function validityProblems({ startsAt, endsAt, legalBasis }: { readonly startsAt: number; readonly endsAt: number | null; readonly legalBasis: string }, now: number): readonly Problem[] {
  const found: Problem[] = [];
  const basis = legalBasis.trim();
  if (basis.length < 1 || basis.length > 500) found.push(problem('LEGAL_BASIS_MISSING', { zh: `须写明依据（1–500 字），收到 ${basis.length} 字`, en: `a legal basis of 1 to 500 characters; this has ${basis.length}`, field: 'legalBasis' }));
  if (startsAt < now) found.push(problem('TERMS_IN_THE_PAST', { zh: '条款不能追溯生效', en: 'terms do not begin in the past', field: 'startsAt' }));
  if (endsAt !== null && endsAt <= startsAt) found.push(problem('INTERVAL_EMPTY', { zh: '结束须晚于开始', en: 'terms must end after they begin', field: 'endsAt' }));
  return found;
}

/** The terms that a facility books on now. */
export async function bookingTermsOf(scope: RequestScope, facilityId: string): Promise<BookingTermsInForce> {
  const [facility] = await termsInForce(scope.database, [facilityId], scope.clock.now());
  if (!facility) throw notFound('facility', facilityId);
  if (facility.termsId === null) return { terms: DEFAULT_TERMS, isOwn: false, legalBasis: null, startsAt: null, endsAt: null };
  return (await findTerms(scope, facility.termsId))!;
}

/** Terms that were set; null where others that begin no later have taken their place before they began. */
export async function findTerms(scope: RequestScope, id: string): Promise<BookingTermsInForce | null> {
  const [row] = await termsById(scope.database, [id]);
  return row ? { terms: wholeTerms(row.terms), isOwn: row.facilityId !== null, legalBasis: row.legalBasis, startsAt: row.startsAt, endsAt: row.endsAt } : null;
}

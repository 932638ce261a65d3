import { done, problem, refuse, type Outcome, type Problem } from '../kernel/index.js';
import { newId, transaction, type RequestScope } from '../platform/index.js';
import { checkTariff } from './rules/tariff-check.js';
import type { TariffTerms } from './rules/tariff.js';
import { encodeTariff } from './stored-terms.js';
import { checkTariffHours } from './tariff-of-input.js';
import { ensureMaySetPrices, type TariffOwner } from './tariff.policy.js';
import { storeTariffs } from './tariff.sql.js';
import { insertTariffVersions } from './tariff-versions.sql.js';

export interface PublishTariff {
  readonly owner: TariffOwner;
  readonly name: string;
  readonly terms: TariffTerms;
  /** Epoch ms; null: now. The first version may hold from before: nobody was priced by another. */
  readonly inForceFrom?: number | null;
  readonly legalBasis?: string | null;
  readonly idempotencyKey: string;
}

/** Publishes a tariff with its first version (3.2-5, 3.5-4). */
export function publishTariff(scope: RequestScope, input: PublishTariff): Promise<Outcome<{ readonly tariffId: string }>> {
  return transaction(scope, async unit => {
    await ensureMaySetPrices(unit, input.owner);
    const name = input.name.trim();
    const problems = [...(name === '' || name.length > LONGEST_NAME ? [badName(name)] : []), ...checkTerms(input.terms), ...checkBasis(input.legalBasis)];
    if (problems.length > 0) return refuse(problems);

    const id = newId('tariff', unit.now);
    const by = { now: unit.now, recordedBy: scope.viewer.actorId };
    await storeTariffs(unit, [{ id, name, ...input.owner, status: 'PUBLISHED', statusReason: null, version: 1 }], by);
    await insertTariffVersions(unit, [{ tariffId: id, version: 1, inForceFrom: input.inForceFrom ?? unit.now, terms: encodeTariff(input.terms), legalBasis: input.legalBasis?.trim() ?? null, reason: null }], by);
    unit.record({ action: 'tariff:publish', objectType: 'tariff', objectId: id, details: { act: 'publishTariff', version: 1, ...input.owner } });
    unit.announce('tariff.published', { tariffId: id, version: 1, ...input.owner });
    return done({ tariffId: id });
  }, { operation: 'publishTariff', key: input.idempotencyKey, input });
}

const LONGEST_NAME = 200;
const LONGEST_BASIS = 200;

function badName(name: string): Problem {
  return problem('TARIFF_NAME', { zh: `名称须为 1–${LONGEST_NAME} 字，收到 ${name.length} 字`, en: `a name has 1 to ${LONGEST_NAME} characters; this has ${name.length}`, field: 'name' });
}

/** Everything wrong with terms, by its path in a mutation's input. */
export function checkTerms(terms: TariffTerms): readonly Problem[] {
  return [...checkTariff(terms), ...checkTariffHours(terms)].map(each => ({ ...each, field: `terms.${each.field ?? ''}` }));
}

export function checkBasis(legalBasis: string | null | undefined): readonly Problem[] {
  if (legalBasis == null || (legalBasis.trim() !== '' && legalBasis.length <= LONGEST_BASIS)) return [];
  return [problem('LEGAL_BASIS_LENGTH', { zh: `依据文号须为 1–${LONGEST_BASIS} 字；没有请留空`, en: `a legal basis has 1 to ${LONGEST_BASIS} characters; give null for none`, field: 'legalBasis' })];
}

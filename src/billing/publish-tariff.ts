import { done, isRefusal, problem, refuse, type Outcome, type Problem } from '../kernel/index.js';
import { newId, transaction, type RequestScope, type Unit } from '../platform/index.js';
import { checkTariff } from './rules/tariff-check.js';
import type { TariffTerms } from './rules/tariff.js';
import { encodeTariff } from './stored-terms.js';
import { checkTariffHours } from './tariff-of-input.js';
import { ensureMaySetPrices, type TariffOwner } from './tariff.policy.js';
import { storeTariffs } from './tariff.sql.js';
import { insertTariffVersions } from './tariff-versions.sql.js';

/** A tariff as somebody tells it. */
export interface TariffDraft {
  readonly owner: TariffOwner;
  readonly name: string;
  readonly terms: TariffTerms;
  /** Epoch ms; null: now. The first version may hold from before: nobody was priced by another. */
  readonly inForceFrom?: number | null;
  readonly legalBasis?: string | null;
}

export interface PublishTariff extends TariffDraft {
  readonly idempotencyKey: string;
}

/** Publishes a tariff with its first version (3.2-5, 3.5-4). */
export function publishTariff(scope: RequestScope, input: PublishTariff): Promise<Outcome<{ readonly tariffId: string }>> {
  return transaction(scope, async unit => {
    await ensureMaySetPrices(unit, input.owner);
    const [outcome] = await putTariffs(unit, [input]);
    return outcome!;
  }, { operation: 'publishTariff', key: input.idempotencyKey, input });
}

/** Publishes tariffs, one or a thousand in two statements; whether the viewer may is asked by whoever calls. */
export async function putTariffs(unit: Unit, drafts: readonly TariffDraft[]): Promise<ReadonlyArray<Outcome<{ readonly tariffId: string }>>> {
  const outcomes = drafts.map((draft): Outcome<{ readonly tariffId: string }> => {
    const problems = checkDraft(draft);
    return problems.length > 0 ? refuse(problems) : done({ tariffId: newId('tariff', unit.now) });
  });
  const accepted = drafts.flatMap((draft, index) => {
    const outcome = outcomes[index]!;
    return isRefusal(outcome) ? [] : [{ ...draft, id: outcome.value.tariffId }];
  });
  const by = { now: unit.now, recordedBy: unit.scope.viewer.actorId };
  await storeTariffs(unit, accepted.map(({ id, name, owner }) => ({ id, name: name.trim(), ...owner, status: 'PUBLISHED', statusReason: null, version: 1 })), by);
  await insertTariffVersions(unit, accepted.map(({ id, terms, inForceFrom, legalBasis }) => ({ tariffId: id, version: 1, inForceFrom: inForceFrom ?? unit.now, terms: encodeTariff(terms), legalBasis: legalBasis?.trim() ?? null, reason: null })), by);
  for (const { id, owner } of accepted) {
    unit.record({ action: 'tariff:publish', objectType: 'tariff', objectId: id, details: { act: 'publishTariff', version: 1, ...owner } });
    unit.announce('tariff.published', { tariffId: id, version: 1, ...owner });
  }
  return outcomes;
}

function checkDraft({ name, terms, legalBasis }: TariffDraft): readonly Problem[] {
  const { length } = name.trim();
  return [...(length === 0 || length > LONGEST_NAME ? [badName(length)] : []), ...checkTerms(terms), ...checkBasis(legalBasis)];
}

const LONGEST_NAME = 200;
const LONGEST_BASIS = 200;

function badName(length: number): Problem {
  return problem('TARIFF_NAME', { zh: `名称须为 1–${LONGEST_NAME} 字，收到 ${length} 字`, en: `a name has 1 to ${LONGEST_NAME} characters; this has ${length}`, field: 'name' });
}

/** Everything wrong with terms, by its path in a mutation's input. */
export function checkTerms(terms: TariffTerms): readonly Problem[] {
  return [...checkTariff(terms), ...checkTariffHours(terms)].map(each => ({ ...each, field: `terms.${each.field ?? ''}` }));
}

export function checkBasis(legalBasis: string | null | undefined): readonly Problem[] {
  if (legalBasis == null || (legalBasis.trim() !== '' && legalBasis.length <= LONGEST_BASIS)) return [];
  return [problem('LEGAL_BASIS_LENGTH', { zh: `依据文号须为 1–${LONGEST_BASIS} 字；没有请留空`, en: `a legal basis has 1 to ${LONGEST_BASIS} characters; give null for none`, field: 'legalBasis' })];
}

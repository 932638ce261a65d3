import { done, isRefusal, problem, reasonProblem, refuse, type Outcome, type Problem, type Refusal } from '../kernel/index.js';
import { transaction, type RequestScope, type Unit } from '../platform/index.js';
import { notFound } from '../platform/graphql/index.js';
import { listWindowsOfTariff } from '../sharing/index.js';
import { checkBasis, checkTerms } from './publish-tariff.js';
import { tariffLifecycle, type TariffTerms } from './rules/tariff.js';
import { encodeTariff } from './stored-terms.js';
import { ensureMaySetPrices } from './tariff.policy.js';
import { findTariffForUpdate, listFacilitiesOfTariff, storeTariffs, type TariffRow } from './tariff.sql.js';
import { insertTariffVersions } from './tariff-versions.sql.js';

interface TariffChange {
  readonly tariffId: string;
  /** The version that the caller saw; null: whichever stands (I18). */
  readonly expectedVersion?: string | null;
  readonly reason: string;
  readonly idempotencyKey: string;
}

export interface ReviseTariff extends TariffChange {
  readonly terms: TariffTerms;
  /** Epoch ms, not in the past; null: now. */
  readonly inForceFrom?: number | null;
  readonly legalBasis?: string | null;
}

/** Gives a tariff a new version from an instant on; nothing that was quoted changes (I9), and no time that has passed. */
export function reviseTariff(scope: RequestScope, input: ReviseTariff): Promise<Outcome<{ readonly tariffId: string }>> {
  return transaction(scope, async unit => {
    const tariff = await tariffForChange(unit, input, 'revise');
    if (isRefusal(tariff)) return tariff;
    const inForceFrom = input.inForceFrom ?? unit.now;
    const problems = [...checkReason(input.reason), ...(inForceFrom < unit.now ? [inThePast(inForceFrom)] : []), ...checkTerms(input.terms), ...checkBasis(input.legalBasis)];
    if (problems.length > 0) return refuse(problems);

    const version = tariff.version + 1;
    const by = { now: unit.now, recordedBy: scope.viewer.actorId };
    await storeTariffs(unit, [{ ...tariff, version }], by);
    await insertTariffVersions(unit, [{ tariffId: tariff.id, version, inForceFrom, terms: encodeTariff(input.terms), legalBasis: input.legalBasis?.trim() ?? null, reason: input.reason.trim() }], by);
    tell(unit, tariff, { act: 'reviseTariff', topic: 'tariff.revised', version, reason: input.reason });
    return done({ tariffId: tariff.id });
  }, { operation: 'reviseTariff', key: input.idempotencyKey, input });
}

/** Withdraws a tariff for good, once no window and no facility is priced by it any more. */
export function withdrawTariff(scope: RequestScope, input: TariffChange): Promise<Outcome<{ readonly tariffId: string }>> {
  return transaction(scope, async unit => {
    const tariff = await tariffForChange(unit, input, 'withdraw');
    if (isRefusal(tariff)) return tariff;
    const unexplained = checkReason(input.reason);
    if (unexplained.length > 0) return refuse(unexplained);
    // Whoever publishes a window with it holds it until the commit: under our lock, none is on its way.
    const users = [...(await listWindowsOfTariff(unit, tariff.id, MOST_NAMED)), ...(await listFacilitiesOfTariff(unit, tariff.id, MOST_NAMED))];
    if (users.length > 0) return refuse(inUse(users));

    const version = tariff.version + 1;
    await storeTariffs(unit, [{ ...tariff, version, status: 'WITHDRAWN', statusReason: input.reason.trim() }], { now: unit.now, recordedBy: scope.viewer.actorId });
    tell(unit, tariff, { act: 'withdrawTariff', topic: 'tariff.withdrawn', version, reason: input.reason });
    return done({ tariffId: tariff.id });
  }, { operation: 'withdrawTariff', key: input.idempotencyKey, input });
}

const MOST_NAMED = 3;

/** The tariff, locked until the commit, where the viewer may change it, saw its version, and it still lives. */
async function tariffForChange(unit: Unit, { tariffId, expectedVersion }: TariffChange, event: 'revise' | 'withdraw'): Promise<TariffRow | Refusal> {
  const tariff = await findTariffForUpdate(unit, tariffId);
  if (!tariff) throw notFound('tariff', tariffId);
  await ensureMaySetPrices(unit, tariff);
  if (expectedVersion != null && expectedVersion !== String(tariff.version)) {
    return refuse(problem('VERSION_MOVED', {
      zh: `收费标准已是第 ${tariff.version} 版，请求依据第 ${expectedVersion.slice(0, 20)} 版：请重新读取`,
      en: `the tariff is version ${tariff.version} by now, the request was made upon ${expectedVersion.slice(0, 20)}: read it again`,
      field: 'expectedVersion',
      data: { currentVersion: String(tariff.version) },
    }));
  }
  const next = tariffLifecycle.transition(tariff.status, event);
  return isRefusal(next) ? next : tariff;
}

export function checkReason(reason: string): readonly Problem[] {
  const wrong = reasonProblem(reason);
  return wrong ? [wrong] : [];
}

function inThePast(inForceFrom: number): Problem {
  const from = new Date(inForceFrom).toISOString();
  return problem('IN_FORCE_IN_PAST', { zh: `新版本不能自过去的 ${from} 起施行：已过的时间按原价`, en: `a new version cannot hold from ${from}, which has passed: that time keeps its price`, field: 'inForceFrom', data: { inForceFrom: from } });
}

function inUse(users: readonly string[]): Problem {
  return problem('TARIFF_IN_USE', { zh: `收费标准仍被使用：${users.join('、')}；请先变更或撤回`, en: `the tariff still prices ${users.join(', ')}: change or withdraw these first`, field: 'tariffId', data: { users } });
}

function tell(unit: Unit, { id, facilityId, partyId }: TariffRow, { act, topic, version, reason }: { readonly act: string; readonly topic: string; readonly version: number; readonly reason: string }): void {
  unit.record({ action: 'tariff:publish', objectType: 'tariff', objectId: id, reason: reason.trim(), details: { act, version } });
  unit.announce(topic, { tariffId: id, version, facilityId, partyId });
}

import { problem, refuse, type Problem, type Refusal } from '../kernel/index.js';
import type { Reaction, Unit } from '../platform/index.js';
import { listTariffsOfWindows } from '../sharing/index.js';
import { holdTariffs, listFacilityParties } from './tariff.sql.js';

interface TariffUse {
  readonly facilityId: string;
  readonly tariffId: string;
}

/**
 * What speaks against pricing these facilities by these tariffs: unknown, withdrawn, or of somebody else. Those it lets
 * through are held until the commit, so that none is withdrawn meanwhile.
 */
export async function checkTariffUses(unit: Unit, uses: readonly TariffUse[], field: string): Promise<readonly Problem[]> {
  if (uses.length === 0) return [];
  const tariffs = new Map((await holdTariffs(unit, [...new Set(uses.map(use => use.tariffId))])).map(row => [row.id, row]));
  const parties = new Map((await listFacilityParties(unit, [...new Set(uses.map(use => use.facilityId))])).map(row => [row.facilityId, row.partyIds]));
  return uses.flatMap(({ facilityId, tariffId }) => {
    const tariff = tariffs.get(tariffId);
    const named = tariffId.slice(0, 40);
    if (!tariff) return [problem('TARIFF_UNKNOWN', { zh: `没有收费标准 ${named}`, en: `there is no tariff ${named}`, field })];
    if (tariff.status === 'WITHDRAWN') return [problem('TARIFF_WITHDRAWN', { zh: `收费标准“${tariff.name}”已撤回`, en: `the tariff '${tariff.name}' was withdrawn`, field })];
    const isOwn = tariff.facilityId !== null ? tariff.facilityId === facilityId : (parties.get(facilityId) ?? []).includes(tariff.partyId ?? '');
    return isOwn ? [] : [problem('TARIFF_FOREIGN', { zh: `收费标准“${tariff.name}”不属于该设施及其产权人、管理人或运营方`, en: `the tariff '${tariff.name}' is neither this facility's nor its owner's, manager's or operator's`, field })];
  });
}

async function judgeWindows(unit: Unit, payloads: readonly object[]): Promise<Refusal | null> {
  const windowIds = (payloads as ReadonlyArray<{ readonly windowId: string }>).map(payload => payload.windowId);
  const problems = await checkTariffUses(unit, await listTariffsOfWindows(unit, windowIds), 'terms.tariffId');
  return problems.length > 0 ? refuse(problems) : null;
}

/** A window is published and revised only with a tariff that there is, in the transaction that writes it. */
export const windowTariffReactions: readonly Reaction[] = ['window.published', 'window.revised'].map(topic => ({ topic, react: judgeWindows }));

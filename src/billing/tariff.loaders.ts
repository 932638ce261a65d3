import { defineLoader } from '../platform/index.js';
import { ruleInWords } from '../sharing/index.js';
import type { BandPrice, TariffCap } from './rules/tariff.js';
import { decodeTariff } from './stored-terms.js';
import { listRegisteredTariffs, listTariffs, type TariffRow } from './tariff.sql.js';
import { Tariff, type BandPriceType, type TariffCapType, type TariffVersionType } from './tariff.type.js';
import { listTariffVersions, type TariffVersionRow } from './tariff-versions.sql.js';

/** Tariffs by id, each with all its versions; prices are for everybody to know (0-6). */
export const TARIFF_BY_ID = defineLoader<string, Tariff | null>('TARIFF_BY_ID', async ({ database }, ids) => {
  const [rows, versions] = [await listTariffs(database, ids), await listTariffVersions(database, ids)];
  const byTariff = Map.groupBy(versions, version => version.tariffId);
  const found = new Map(rows.map(row => [row.id, tariffOf(row, byTariff.get(row.id) ?? [])]));
  return ids.map(id => found.get(id) ?? null);
});

/** The id of the tariff registered for a facility; null for none. */
export const REGISTERED_TARIFF_ID = defineLoader<string, string | null>('REGISTERED_TARIFF_ID', async ({ database }, facilityIds) => {
  const found = new Map((await listRegisteredTariffs(database, facilityIds)).map(row => [row.facilityId, row.tariffId]));
  return facilityIds.map(id => found.get(id) ?? null);
});

function tariffOf({ id, name, facilityId, partyId, status, statusReason, version, recordedAt }: TariffRow, versions: readonly TariffVersionRow[]): Tariff {
  return Object.assign(new Tariff(), { id, name, facilityId, partyId, status, statusReason, version: String(version), recordedAt, versions: versions.map(versionInWords) });
}

function versionInWords({ version, inForceFrom, terms, legalBasis, reason, recordedAt }: TariffVersionRow): TariffVersionType {
  const { bands, caps, freeMinutes, rounding, blocksAtEdges } = decodeTariff(terms);
  return {
    number: version,
    inForceFrom,
    bands: bands.map(({ name, when, spaceClasses, price }) => ({ name, hours: when && ruleInWords(when), spaceClasses, price: priceInWords(price) })),
    caps: caps.map(capInWords),
    freeMinutes,
    rounding,
    blocksAtEdges,
    legalBasis,
    reason,
    recordedAt,
  };
}

const NO_PRICE: Omit<BandPriceType, 'kind'> = { fenPerHour: null, blockMinutes: null, fenPerBlock: null, fen: null, steps: null, then: null, repeatsAfterMinutes: null };

const priceInWords = (price: BandPrice): BandPriceType => ({ ...NO_PRICE, ...price });

function capInWords({ name, period, fen, bands }: TariffCap): TariffCapType {
  const words = { name, period: period.kind, fen, bands, hours: null, days: null };
  if (period.kind === 'LOCAL_SPAN') return { ...words, hours: ruleInWords(period.when) };
  if (period.kind !== 'DAY' || period.days === null) return words;
  return { ...words, days: ruleInWords({ days: period.days, from: { minute: 0 }, until: { durationMinutes: 1_440 } }).days };
}

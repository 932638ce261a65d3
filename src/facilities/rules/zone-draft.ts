import { problem, type RefusalCode } from '../../kernel/index.js';
import type { DraftChecks } from './draft-checks.js';
import type { CapacityDraft, CitySetting, NormalZone, SpaceDraft, ZoneDraft } from './facility-draft.js';
import { SPACE_ATTRIBUTE_WORDS, SPACE_CLASSES, SPACE_CLASS_WORDS, SPACE_STATUS_WORDS } from './words.js';

/** The zones of a draft: at least one, each with its own code, capacities that hold together, spaces counted once (C12). */
export function checkZones(checks: DraftChecks, zones: readonly ZoneDraft[] | undefined, setting: CitySetting): readonly NormalZone[] {
  if (!zones || zones.length === 0) {
    checks.add(problem('ZONE_MISSING', { zh: '设施须至少有一个分区', en: 'a facility has at least one zone', field: 'zones' }));
    return [];
  }
  const normal = zones.map((zone, i) => checkZone(checks, zone, `zones[${i}]`, setting));
  addRepeated(checks, normal.map(zone => zone.code), i => `zones[${i}].code`, 'ZONE_REPEATED');
  return normal;
}

function checkZone(checks: DraftChecks, zone: ZoneDraft, field: string, setting: CitySetting): NormalZone {
  const spaces = (zone.spaces ?? []).map((space, i) => checkSpace(checks, space, `${field}.spaces[${i}]`, setting));
  addRepeated(checks, spaces.map(space => space.number), i => `${field}.spaces[${i}].number`, 'SPACE_REPEATED');
  const listed = new Map(SPACE_CLASSES.map(spaceClass => [spaceClass, spaces.filter(space => space.spaceClass === spaceClass && space.status !== 'REMOVED').length]));
  const told = zone.capacity ?? SPACE_CLASSES.filter(spaceClass => listed.get(spaceClass)! > 0).map(spaceClass => ({ spaceClass, total: listed.get(spaceClass)! }));
  if (told.length === 0) {
    checks.add(problem('CAPACITY_MISSING', { zh: `${field} 既无泊位数也无泊位`, en: `${field} has neither a capacity nor spaces`, field: `${field}.capacity` }));
  }
  const capacity = told.map((row, i) => checkCapacity(checks, row, `${field}.capacity[${i}]`));
  addRepeated(checks, capacity.map(row => row.spaceClass), i => `${field}.capacity[${i}].spaceClass`, 'CLASS_REPEATED');
  for (const [spaceClass, count] of listed) {
    const nth = capacity.findIndex(row => row.spaceClass === spaceClass);
    const total = capacity[nth]?.total ?? 0;
    if (count > total && !checks.refuses(`${field}.capacity[${nth}].total`)) {
      checks.add(problem('SPACES_EXCEED_CAPACITY', { zh: `${spaceClass} 列出 ${count} 个泊位，多于总数 ${total}`, en: `${count} spaces of ${spaceClass} are listed, more than the total of ${total}`, field: `${field}.spaces` }));
    }
  }
  return { code: zone.code === undefined ? 'MAIN' : checks.text(zone.code, `${field}.code`, 40), name: zone.name === undefined ? '全部' : checks.text(zone.name, `${field}.name`), capacity, spaces };
}

function checkCapacity(checks: DraftChecks, row: CapacityDraft, field: string): NormalZone['capacity'][number] {
  const total = checks.count(row.total, `${field}.total`);
  const shareable = checks.optionalCount(row.shareable, `${field}.shareable`);
  const outOfService = checks.optionalCount(row.outOfService, `${field}.outOfService`);
  if (!checks.refuses(`${field}.total`)) {
    addAbove(checks, { count: shareable, total, field: `${field}.shareable` });
    addAbove(checks, { count: outOfService, total, field: `${field}.outOfService` });
  }
  return { spaceClass: checks.word(SPACE_CLASS_WORDS, row.spaceClass, `${field}.spaceClass`), total, shareable, outOfService };
}

function addAbove(checks: DraftChecks, { count, total, field }: { count: number | null; total: number; field: string }): void {
  if (count === null || count <= total) return;
  checks.add(problem('ABOVE_TOTAL', { zh: `${field} 为 ${count}，多于总数 ${total}`, en: `${field} is ${count}, more than the total of ${total}`, field }));
}

function checkSpace(checks: DraftChecks, space: SpaceDraft, field: string, setting: CitySetting): NormalZone['spaces'][number] {
  return {
    number: checks.text(space.number, `${field}.number`, 40),
    spaceClass: checks.word(SPACE_CLASS_WORDS, space.spaceClass, `${field}.spaceClass`),
    attributes: [...new Set(space.attributes ?? [])].map((attribute, i) => checks.word(SPACE_ATTRIBUTE_WORDS, attribute, `${field}.attributes[${i}]`)),
    location: space.coordinate ? checks.point(space.coordinate, setting.box, `${field}.coordinate`) : null,
    status: space.status === undefined ? 'IN_SERVICE' : checks.word(SPACE_STATUS_WORDS, space.status, `${field}.status`),
  };
}

function addRepeated(checks: DraftChecks, values: readonly string[], fieldOf: (i: number) => string, code: RefusalCode): void {
  values.forEach((value, i) => {
    const first = values.indexOf(value);
    if (first === i) return;
    checks.add(problem(code, { zh: `“${value}”已在第 ${first + 1} 项出现`, en: `'${value}' is already the item ${first + 1}`, field: fieldOf(i) }));
  });
}

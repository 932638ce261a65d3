import { done, isRefusal, type Outcome } from '../kernel/index.js';
import { RequestScope, transaction, type Services, type Unit } from '../platform/index.js';
import { registerPartyWithin, systemViewer } from '../identity/index.js';
import { putHub, putKeyPlace, registerFacilities, registerJurisdictions, type FacilityDraft } from '../facilities/index.js';
import { putProof, publishWindows, seedWorkCalendar, type WindowDraft } from '../sharing/index.js';
import { putTariffs } from '../billing/index.js';
import { quanzhouDivisions } from './divisions.js';
import { Draw } from './rules/draw.js';
import { OBSERVED_DAY, synthetic } from './rules/neighbourhoods.js';
import { drawProofs } from './rules/proofs.js';
import { drawWindows } from './rules/lending.js';
import { drawTariff } from './rules/pricing.js';
import { cityParties } from './rules/parties.js';
import { hubDrafts, keyPlaceDrafts } from './rules/places.js';
import { drawFacilities, type DemoFacility } from './rules/stock.js';

/** What was loaded; all 0 where the city stood already. */
export interface DemoSummary {
  readonly isNew: boolean;
  readonly jurisdictions: number;
  readonly parties: number;
  readonly facilities: number;
  readonly windows: number;
  readonly keyPlaces: number;
  readonly hubs: number;
}

const DAY_MS = 86_400_000;
const CHECKER = synthetic('住房和城乡建设局');
const NOTHING: DemoSummary = { isNew: false, jurisdictions: 0, parties: 0, facilities: 0, windows: 0, keyPlaces: 0, hubs: 0 };

/**
 * Loads the synthetic city in one transaction, by the same use cases and under the same rules as everybody's data; the
 * platform stands for its owners. A city that is there already is left as it is, whatever has been changed in it.
 */
export async function loadDemoCity(services: Services, { seed }: { readonly seed: number }): Promise<DemoSummary> {
  const outcome = await transaction(demoScope(services), unit => load(unit, seed));
  if (!isRefusal(outcome)) return outcome.value;
  const [first] = outcome.problems;
  // The partner app is registered before anything else, and its name is taken: another start has loaded the city, or is just done.
  if (first.code === 'PARTY_ALREADY_REGISTERED' && first.field === 'code') return NOTHING;
  throw new Error(`the demo city breaks a rule: ${first.code} ${first.field ?? ''} ${first.en}`);
}

/** The demo acts as the platform itself, and the audit says so. */
export function demoScope(services: Services): RequestScope {
  return new RequestScope(services, systemViewer, 'zh', 'demo');
}

async function load(unit: Unit, seed: number): Promise<Outcome<DemoSummary>> {
  const draw = new Draw(seed);
  const facilities = drawFacilities(draw);
  const parties = [...cityParties(), ...facilities.flatMap(({ ownParty }) => (ownParty ? [ownParty] : []))];
  const [partner, ...others] = parties;
  const marked = await registerPartyWithin(unit, partner!);
  if (isRefusal(marked)) return marked;

  const divisions = await registerJurisdictions(unit, quanzhouDivisions());
  divisions.forEach(valueOf);
  for (const party of others) valueOf(await registerPartyWithin(unit, party));
  await seedWorkCalendar(unit, unit.now);
  const drafts = facilities.map(({ draft }) => draft);
  const ids = (await registerFacilities(unit, drafts)).map(outcome => valueOf(outcome).facilityId);
  const places = await putPlaces(unit, facilities, ids);
  for (const [index, draft] of drafts.entries()) {
    for (const proof of drawProofs(draw, draft)) valueOf(await putProof(unit, { facilityId: ids[index]!, proof, checkedBy: CHECKER, checkedOn: OBSERVED_DAY }));
  }
  const lent = drafts.map(draft => drawWindows(draw, draft));
  const windows = await publishWindows(unit, await priced(unit, { drafts, ids, lent, draw: new Draw(seed + 1) }));
  windows.forEach(valueOf);
  return done({ isNew: true, jurisdictions: divisions.length, parties: parties.length, facilities: ids.length, windows: windows.length, ...places });
}

interface Lent {
  readonly drafts: readonly FacilityDraft[];
  readonly ids: readonly string[];
  /** The windows of each facility. */
  readonly lent: ReadonlyArray<readonly WindowDraft[]>;
  /** Of prices alone, so that they change nothing else of a seed's city. */
  readonly draw: Draw;
}

/** The windows of the city, each with the tariff that its facility publishes for it, or free. */
async function priced(unit: Unit, { drafts, ids, lent, draw }: Lent): Promise<readonly WindowDraft[]> {
  const told = lent.flatMap((windows, index) => windows.map(window => ({ window, facilityId: ids[index]!, terms: drawTariff(draw, drafts[index]!, window) })));
  const charged = told.flatMap(({ window, facilityId, terms }) => (terms === null ? [] : [{ window, draft: { owner: { facilityId, partyId: null }, name: window.terms.name, terms, inForceFrom: OBSERVED_DAY * DAY_MS } }]));
  const published = await putTariffs(unit, charged.map(({ draft }) => draft));
  const tariffs = new Map(charged.map(({ window }, index) => [window, valueOf(published[index]!).tariffId]));
  return told.map(({ window }) => ({ ...window, terms: { ...window.terms, tariffId: tariffs.get(window) ?? null } }));
}

async function putPlaces(unit: Unit, facilities: readonly DemoFacility[], ids: readonly string[]): Promise<Pick<DemoSummary, 'keyPlaces' | 'hubs'>> {
  const keyPlaceIds = new Map<string, string>();
  for (const draft of keyPlaceDrafts()) keyPlaceIds.set(draft.sourceCode, valueOf(await putKeyPlace(unit, draft)).keyPlaceId);
  const hubs = hubDrafts(largestPublic(facilities, ids), keyPlaceIds);
  for (const hub of hubs) valueOf(await putHub(unit, hub));
  return { keyPlaces: keyPlaceIds.size, hubs: hubs.length };
}

/** Hubs are the largest open car parks that lend all day (2.1-7). */
function largestPublic(facilities: readonly DemoFacility[], ids: readonly string[]): ReadonlyArray<{ readonly facilityId: string; readonly name: string }> {
  return facilities
    .map(({ draft }, index) => ({ draft, facilityId: ids[index]!, name: draft.name, spaces: draft.zones.flatMap(zone => zone.capacity ?? []).reduce((sum, { total }) => sum + total, 0) }))
    .filter(({ draft }) => draft.category === 'SOCIAL_PUBLIC' && draft.status === 'OPEN')
    .toSorted((a, b) => b.spaces - a.spaces);
}

/** The demo breaks no rule: a refusal here is a defect of ours, and nothing of the city stays. */
function valueOf<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  const { code, field, en } = outcome.problems[0];
  throw new Error(`the demo city breaks a rule: ${code} ${field ?? ''} ${en}`);
}

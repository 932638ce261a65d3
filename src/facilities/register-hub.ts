import { done, isRefusal, problem, refuse, type Outcome, type Problem } from '../kernel/index.js';
import { newId, transaction, type RequestScope, type Unit } from '../platform/index.js';
import { facilityForChange } from './facility-for-change.js';
import { citySettings } from './jurisdictions.sql.js';
import { KeyPlace } from './key-place.entity.js';
import { findHub, holdHubCode, storeHub } from './key-places.sql.js';
import { checkHub, type HubDraft } from './rules/place-draft.js';
import { startOfDay } from './start-of-day.js';

/** Makes a facility a hub within a transaction of its caller, or corrects its shuttles, which are told whole (2.1-8, 2.1-9). */
export async function putHub(unit: Unit, draft: HubDraft): Promise<Outcome<{ readonly hubId: string }>> {
  const facility = await facilityForChange(unit, draft);
  if (isRefusal(facility)) return facility;
  const [setting] = await citySettings(unit, [facility.city]);
  const { checks, ends } = checkHub(draft, setting!);
  const placeIds = draft.shuttles.map(shuttle => shuttle.toKeyPlaceId).filter(id => id != null);
  const places = new Map((await unit.em.find(KeyPlace, { id: { $in: placeIds } })).map(place => [place.id, place]));
  const problems: Problem[] = [...checks.problems];
  draft.shuttles.forEach(({ toKeyPlaceId }, i) => {
    if (toKeyPlaceId == null || places.has(toKeyPlaceId)) return;
    problems.push(problem('KEY_PLACE_UNKNOWN', { zh: `重点区域 ${toKeyPlaceId.slice(0, 40)} 未登记`, en: `the key place ${toKeyPlaceId.slice(0, 40)} is not registered`, field: `shuttles[${i}].toKeyPlaceId` }));
  });
  const other = await holdHubCode(unit, { city: facility.city, source: draft.source, sourceCode: draft.sourceCode });
  if (other !== null && other !== facility.id) problems.push(problem('HUB_CODE_USED', { zh: `来源“${draft.source}”的编码 ${draft.sourceCode} 已是设施 ${other} 的接驳点`, en: `the code ${draft.sourceCode} of '${draft.source}' is the hub of the facility ${other} already`, field: 'sourceCode', data: { facilityId: other } }));
  if (problems.length > 0) return refuse(problems);
  const known = await findHub(unit, facility.city, facility.id);
  if (known && known.observedOn > draft.observedOn) return done({ hubId: known.id });

  const id = known?.id ?? newId('hub', unit.now);
  const shuttles = draft.shuttles.map((shuttle, position) => {
    const end = ends[position] ?? places.get(shuttle.toKeyPlaceId!)!;
    return {
      city: facility.city, id: newId('shuttleService', unit.now), hub_id: id, position, mode: shuttle.mode, name: shuttle.name, to_key_place_id: shuttle.toKeyPlaceId ?? null,
      to_longitude: end.longitude, to_latitude: end.latitude, headway_minutes: shuttle.headwayMinutes, first_at: shuttle.firstAt, last_at: shuttle.lastAt,
      ride_minutes: shuttle.rideMinutes, walk_minutes_at_end: shuttle.walkMinutesAtEnd, valid_from_on: shuttle.validFromOn, valid_until_on: shuttle.validUntilOn ?? null,
    };
  });
  await storeHub(unit, {
    city: facility.city, id, facility_id: facility.id, name: draft.name, source: draft.source, source_code: draft.sourceCode, is_synthetic: draft.synthetic ?? false,
    observed_on: draft.observedOn, recorded_at: new Date(unit.now).toISOString(), version: (known?.version ?? 0) + 1,
    valid_from: new Date(startOfDay(draft.observedOn, setting!.zoneName)).toISOString(),
  }, shuttles);
  unit.record({ action: 'facility:write', objectType: 'hub', objectId: id, details: { act: 'register', facilityId: facility.id, shuttles: shuttles.length } });
  unit.announce('hub.registered', { hubId: id, facilityId: facility.id });
  return done({ hubId: id });
}

/** Registers one hub. */
export function registerHub(scope: RequestScope, draft: HubDraft, idempotencyKey: string): Promise<Outcome<{ readonly hubId: string }>> {
  return transaction(scope, unit => putHub(unit, draft), { operation: 'registerHub', key: idempotencyKey, input: draft });
}

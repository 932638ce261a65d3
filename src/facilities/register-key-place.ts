import { done, problem, refuse, type Outcome } from '../kernel/index.js';
import { newId, transaction, type RequestScope, type Unit } from '../platform/index.js';
import { forbidden } from '../platform/graphql/index.js';
import { lockRegister } from './facilities.sql.js';
import { mayWriteJurisdiction } from './facility.policy.js';
import { citySettings, divisionsAround, findDivision } from './jurisdictions.sql.js';
import { findKeyPlace, storeKeyPlace } from './key-places.sql.js';
import { startOfDay } from './start-of-day.js';
import { checkKeyPlace, type KeyPlaceDraft } from './rules/place-draft.js';

/** Registers a key place within a transaction of its caller, or corrects it; an older figure changes nothing (1-3, 2.1-1). */
export async function putKeyPlace(unit: Unit, draft: KeyPlaceDraft): Promise<Outcome<{ readonly keyPlaceId: string }>> {
  const [setting] = await citySettings(unit, [draft.city.slice(0, 6)]);
  if (!setting) return refuse(problem('CITY_UNKNOWN', { zh: `城市 ${draft.city} 尚未登记`, en: `the city ${draft.city} is not registered`, field: 'city' }));
  const { checks, location } = checkKeyPlace(draft, setting);
  if (checks.problems.length > 0 || location === null) return refuse(checks.problems);
  const [divisionId] = await divisionsAround(unit, [{ city: draft.city, ...location }]);
  const division = divisionId ? await findDivision(unit, divisionId) : null;
  if (!mayWriteJurisdiction(unit.scope.viewer, division?.path ?? [draft.city])) throw forbidden('jurisdiction:write');
  await lockRegister(unit, [draft.city]);
  const known = await findKeyPlace(unit, draft);
  if (known && known.observedOn > draft.observedOn) return done({ keyPlaceId: known.id });

  const id = known?.id ?? newId('keyPlace', unit.now);
  await storeKeyPlace(unit, {
    city: draft.city, id, source: draft.source, source_code: draft.sourceCode, kind: draft.kind, name: draft.name, ...location, jurisdiction_id: division?.id ?? null,
    is_synthetic: draft.synthetic ?? false, observed_on: draft.observedOn, recorded_at: new Date(unit.now).toISOString(), version: (known?.version ?? 0) + 1,
    valid_from: new Date(startOfDay(draft.observedOn, setting.zoneName)).toISOString(),
  });
  unit.record({ action: 'jurisdiction:write', objectType: 'keyPlace', objectId: id, details: { act: 'register', source: draft.source, observedOn: draft.observedOn } });
  return done({ keyPlaceId: id });
}

/** Registers one key place. */
export function registerKeyPlace(scope: RequestScope, draft: KeyPlaceDraft, idempotencyKey: string): Promise<Outcome<{ readonly keyPlaceId: string }>> {
  return transaction(scope, unit => putKeyPlace(unit, draft), { operation: 'registerKeyPlace', key: idempotencyKey, input: draft });
}


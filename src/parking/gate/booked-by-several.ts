import { newId, type Unit } from '../../platform/index.js';
import type { GateFindingRow } from './finding.sql.js';
import type { SessionRow } from './session.sql.js';

/** Several parties booked the vehicle, and it was taken in by one of them: a person sees whose it is. */
export function bookedBySeveral(unit: Unit, { city, id, facilityId, entryEventId, exitEventId }: SessionRow): GateFindingRow {
  return {
    city, id: newId('gateFinding', unit.now), facilityId, kind: 'BOOKED_BY_SEVERAL', gateEventId: entryEventId ?? exitEventId, sessionId: id,
    zh: '该号牌在此另有其他主体的预约（同时，或相隔不足 60 分钟）：已按登记号牌在先的预约入场；请核实车辆归属，以及免费时长是否重复享用', foundAt: unit.now, resolvedAt: null,
    en: 'other parties have booked the plate here, too, for the same time or less than 60 minutes away: it came in by the booking that named it first; find out whose vehicle it is, and whether it had its free minutes twice',
  };
}

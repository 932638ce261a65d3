import { counted, problem, type Problem } from '../../kernel/index.js';
import { opensDuring, type BookedStay } from './admission.js';

const MINUTE_MS = 60_000;

/** What the gate knows of the vehicles of a reservation. */
export interface SeenAtGate {
  /** One of them stands in there by now, under whatever right. */
  readonly isIn: boolean;
  /** One of them was turned away while the reservation should have let it in. */
  readonly wasTurnedAway: boolean;
}

/**
 * Why a driver cannot say now that the space was not provided; null where it can (P9). It is paid, its own time has begun
 * and is not over, and no vehicle of it is in; before its time the gate lets it in, so whom the gate turned away then can
 * say so. Where nobody came in time, only the gate's own refusal shows that somebody did.
 */
export function notProvidedProblem({ state, ...stay }: Pick<BookedStay, 'state' | 'startsAt' | 'endsAt' | 'terms'>, { isIn, wasTurnedAway }: SeenAtGate, now: number): Problem | null {
  const { startsAt, endsAt } = wasTurnedAway ? opensDuring(stay) : stay;
  const field = 'reservationId';
  if (state === 'CANCELLED' || state === 'EXPIRED' || state === 'COMPLETED') return problem('RESERVATION_OVER', { zh: '预约已取消、失效或完成', en: 'the reservation was cancelled, has expired or was used', field });
  if (state === 'HELD') return problem('RESERVATION_UNPAID', { zh: '预约尚未付款，泊位只是暂留', en: 'the reservation is not paid yet: its space is only held', field });
  if (isIn || state === 'CHECKED_IN' || state === 'OVERSTAYED') return problem('VEHICLE_IS_IN', { zh: '道闸显示车辆已在场，泊位已提供', en: 'the gate shows the vehicle in: the space was provided', field });
  if (now < startsAt) return problem('STAY_NOT_BEGUN', { zh: `预约于 ${Math.ceil((startsAt - now) / MINUTE_MS)} 分钟后开始`, en: `the reservation begins in ${counted(Math.ceil((startsAt - now) / MINUTE_MS), 'minute')}`, field });
  if (now >= endsAt) return problem('RESERVATION_OVER', { zh: `预约时段已于 ${Math.floor((now - endsAt) / MINUTE_MS)} 分钟前结束`, en: `the reservation was over ${counted(Math.floor((now - endsAt) / MINUTE_MS), 'minute')} ago`, field });
  if (state === 'NO_SHOW' && !wasTurnedAway) return problem('NOT_TURNED_AWAY', { zh: '预约因未到场已结束，道闸没有拒绝其车辆的记录', en: 'the reservation ended because nobody came, and no gate turned its vehicle away', field });
  return null;
}

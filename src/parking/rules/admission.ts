import { counted, problem, type Problem } from '../../kernel/index.js';
import type { ReservationState } from './lifecycle.js';

export type GateBasis = 'RESERVATION' | 'AGREEMENT' | 'RESIDENT' | 'WALK_IN';

const MINUTE_MS = 60_000;

/** A reservation as the gate looks at it. */
export interface BookedStay {
  readonly id: string;
  readonly state: ReservationState;
  readonly spaces: number;
  readonly startsAt: number;
  readonly endsAt: number;
  readonly terms: { readonly earlyStartMinutes: number; readonly lateStopMinutes: number };
}

/** From when on a reservation opens the gate, and until when. */
export function opensDuring({ startsAt, endsAt, terms }: Pick<BookedStay, 'startsAt' | 'endsAt' | 'terms'>): { readonly startsAt: number; readonly endsAt: number } {
  return { startsAt: startsAt - terms.earlyStartMinutes * MINUTE_MS, endsAt };
}

/** Why a reservation does not open the gate at an instant; null where it does (C9). `inside`: its other vehicles that are in. */
export function bookedProblem(booked: BookedStay, at: number, inside: number): Problem | null {
  const opens = opensDuring(booked);
  if (booked.state === 'NO_SHOW') return problem('RESERVATION_MISSED', { zh: '车辆未按时到场，预约已结束', en: 'the reservation has ended: nobody came in time', data: { reservationId: booked.id } });
  if (booked.state === 'COMPLETED' || booked.state === 'OVERSTAYED') return problem('RESERVATION_USED', { zh: '该预约已使用', en: 'the reservation was used already', data: { reservationId: booked.id } });
  if (booked.state === 'HELD') return problem('RESERVATION_UNPAID', { zh: '预约尚未付款', en: 'the reservation is not paid yet', data: { reservationId: booked.id } });
  if (at < opens.startsAt) return problem('TOO_EARLY', { zh: `预约于 ${Math.ceil((opens.startsAt - at) / MINUTE_MS)} 分钟后方可入场`, en: `the reservation opens the gate in ${counted(Math.ceil((opens.startsAt - at) / MINUTE_MS), 'minute')}`, data: { reservationId: booked.id, opensAt: opens.startsAt } });
  if (at >= opens.endsAt) return problem('RESERVATION_OVER', { zh: '预约时段已结束', en: 'the reservation is over', data: { reservationId: booked.id, endedAt: booked.endsAt } });
  if (inside >= booked.spaces) return problem('RESERVATION_FULL', { zh: `预约的 ${booked.spaces} 个泊位均已有车`, en: `the reservation is for ${counted(booked.spaces, 'space')}, which its vehicles take up`, data: { reservationId: booked.id } });
  return null;
}

/** What one right to enter comes to: it admits, or says why not. */
export interface Option {
  readonly basis: GateBasis;
  readonly problems: readonly Problem[];
}

/** The first right that admits, in the order given; otherwise every reason, each code once, a reservation's before a walk-in's. */
export function admit<O extends Option>(options: readonly O[]): { readonly admitted: O | null; readonly reasons: readonly Problem[] } {
  const admitted = options.find(option => option.problems.length === 0) ?? null;
  const before = admitted ? options.slice(0, options.indexOf(admitted)) : options;
  const reasons = [...new Map(before.flatMap(option => option.problems).map(each => [each.code, each])).values()];
  return { admitted, reasons };
}

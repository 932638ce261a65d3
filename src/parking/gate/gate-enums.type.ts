import { enumOf } from '../../platform/graphql/index.js';
import type { GateBasis } from '../rules/admission.js';
import type { Arrival } from './event.sql.js';
import type { GateFindingKind } from './finding.sql.js';
import type { EventReceipt } from './record-events.js';

const BASIS_WORDS: Readonly<Record<GateBasis, string>> = {
  RESERVATION: '凭预约。By a reservation.',
  AGREEMENT: '凭共享协议（3.2-4）。By a sharing agreement.',
  RESIDENT: '本小区住户（2.5-5）。As a resident of the community.',
  WALK_IN: '未预约，按时段余量。Without a reservation, out of what is left.',
};
const VERDICT_WORDS: Readonly<Record<EventReceipt['verdict'], string>> = {
  OPENED: '入场，停放开始。The vehicle came in.',
  CLOSED: '出场，停放结束。The vehicle left.',
  REPEATED: '一分钟内的重复识别，不另计。The same passage, read again within a minute.',
  ENTERED_TWICE: '未见出场又入场：前次停放按此时结束，记为发现。It came in again though nobody told that it left; a finding.',
  EXIT_WITHOUT_ENTRY: '出场前没有入场记录，记为发现。It left though nobody told that it came in; a finding.',
  DUPLICATE: '同一事件此前已收到（C4）。The same event was told before.',
  REFUSED: '无法接受，见 userErrors。Cannot be taken; see userErrors.',
};
const ARRIVAL_WORDS: Readonly<Record<Arrival, string>> = {
  LIVE: '实时到达。As it happened.',
  LATE: '事后补报。Told later.',
  OUT_OF_ORDER: '晚于其后的事件到达。Told after something that happened later.',
};
const KIND_WORDS: Readonly<Record<GateFindingKind, string>> = {
  ENTERED_TWICE: '未见出场又入场。In again without having left.',
  EXIT_WITHOUT_ENTRY: '出场而无入场。Out without having come in.',
  ENTERED_UNLENT: '入场时没有可用的共享泊位。In though nothing was left for it.',
  MISSED_BUT_CAME: '已按未到场处理，而车辆其实按时入场。Called a no-show, though it had come in time.',
  EVENT_ID_REUSED: '事件号重复用于不同事件。One event number for two events.',
  CLOCK_AHEAD: '道闸时钟超前。A gate’s clock that is ahead.',
  STAY_UNPRICED: '停放有部分时间无收费标准，未计费。Some of a stay has no price: nobody lent it, and no tariff is known for it.',
  BOOKED_BY_SEVERAL: '号牌有多个主体的预约：按登记号牌在先者入场，其余未到场不收费，由人核实。Several parties booked the plate: it came in by the booking that named it first, the others’ not coming costs nothing, and a person finds out whose it is.',
};

export const GateBasisEnum = enumOf('GateBasis', BASIS_WORDS, '入场依据。By which right a vehicle enters.');
export const GateEventKindEnum = enumOf('GateEventKind', { ENTRY: '入场。In.', EXIT: '出场。Out.' }, '进或出。In or out.');
export const GateVerdictEnum = enumOf('GateVerdict', VERDICT_WORDS, '道闸事件的结果。What a passage comes to.');
export const GateArrivalEnum = enumOf('GateArrival', ARRIVAL_WORDS, '事件如何到达（C4）。How an event arrived.');
export const GateFindingKindEnum = enumOf('GateFindingKind', KIND_WORDS, '道闸发现的种类。Kind of a gate’s finding.');
export const AdmittedAudienceEnum = enumOf('AdmittedAudience', { RESIDENTS: '住户（2.5-5）。Residents.', AGREEMENT_HOLDERS: '协议车辆（3.2-4）。Of an agreement.' }, '车辆属于哪一供给对象。Which audience vehicles are of.');

import type { Rounding } from '../kernel/index.js';
import { enumOf } from '../platform/graphql/index.js';
import type { BandPrice, CapPeriod, EdgeRule, FreeMinutes, TariffStatus } from './rules/tariff.js';

export const TariffStatusEnum = enumOf<TariffStatus>('TariffStatus', {
  PUBLISHED: '已发布，可使用。Published, and may be used.',
  WITHDRAWN: '已撤回，不再使用；依其作出的报价仍有效。Withdrawn; what was quoted by it still holds.',
}, '收费标准状态。State of a tariff.');

export const BandPriceKindEnum = enumOf<BandPrice['kind']>('BandPriceKind', {
  FREE: '免费。Free.',
  PER_HOUR: '按小时比例。By the hour, in proportion.',
  PER_BLOCK: '按单位时段，未满按一个计。By blocks begun.',
  LADDER: '阶梯，按总时长。A ladder by the total length.',
  PER_ENTRY: '按次。Once a stay.',
  FLAT_AFTER_CLOSING: '非定时价格（2.4-3）：每个时段一价，与时长无关。Once each time its hours come round, whatever part of them is used.',
}, '计价方式。How a price is made.');

export const CapPeriodKindEnum = enumOf<CapPeriod['kind']>('CapPeriodKind', {
  LOCAL_SPAN: '当地某一时段，如夜间。Local hours, such as a night.',
  DAY: '自然日。A calendar day.',
  ROLLING_24H: '自驶入起每 24 小时。Every 24 hours from the start of the stay.',
  STAY: '整个停放。The whole stay.',
}, '封顶的周期；自然日与滚动 24 小时不同（I7）。What a cap holds for; a calendar day and 24 hours are not the same.');

export const FreeMinutesKindEnum = enumOf<FreeMinutes['kind']>('FreeMinutesKind', {
  DEDUCTED: '从停放时长中扣除。Taken off every stay.',
  GRACE: '仅整个停放不超过时免费；超过则自始计费。Only where the whole stay is no longer; a longer one is charged from its start.',
}, '免费时长的方式。How free minutes count.');

export const RoundingEnum = enumOf<Rounding>('Rounding', {
  UP: '向上。Up.',
  DOWN: '向下。Down.',
  HALF_UP: '四舍五入。Halves up.',
  HALF_EVEN: '四舍六入五成双。Halves to the even.',
}, '取整方式，每行一次（I7）。How a line is rounded, once.');

export const EdgeRuleEnum = enumOf<EdgeRule>('EdgeRule', {
  ANEW: '在交界处结束，后一时段重新起算。It ends there, and the next band counts anew.',
  RUN_OUT: '按原时段计至该单位结束，其后才按后一时段。It is charged by its own band to its end; the next band speaks from then on.',
}, '跨越计费时段交界的计时单位如何处理（I8）。What becomes of a block that is running when another band starts to speak.');

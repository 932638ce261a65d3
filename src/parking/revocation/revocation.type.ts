import { Field, ID, ObjectType } from 'type-graphql';
import { FenScalar, InstantScalar, enumOf } from '../../platform/graphql/index.js';
import type { RevocationState } from '../rules/revocation-lifecycle.js';

const STATE_WORDS: Readonly<Record<RevocationState, string>> = {
  PENDING: '处理中。Being decided.',
  MOVED: '已改到同一设施的另一处，或步行可达的另一设施，不另加价。Moved within the facility, or to another within a walk, at no higher price.',
  REFUNDED: '已取消，所付全额退还；未付的不再应付。Cancelled; what was paid is given back whole, and nothing else is owed.',
  KEPT: '车辆已入场，照常停放。Kept: the vehicle is in.',
  LAPSED: '处理前预约已由停车人取消、变更，或已结束：停车人不承担费用；泊位收回在先的，供给方违约照记。The driver cancelled or changed the booking, or it ended, before this was decided: without a fee for the driver, and with the supplier’s breach on record where it had taken the spaces back before.',
};

export const RevocationStateEnum = enumOf('RevocationState', STATE_WORDS, '泊位不再出借时预约的结果（P9）。What becomes of a booking whose spaces are not lent any more.');
export const BreachSideEnum = enumOf('BreachSide', { DRIVER: '停车人一方。The driver’s side.', SUPPLIER: '供给方。The supplier’s side.', NOBODY: '无违约方：暂定日期的日历已公布（P4）。Nobody’s: the calendar of a provisional date was published.' }, '违约方（3.2-7）。Who did not keep a promise.');

@ObjectType({ simpleResolvers: true, description: '撤销处理（P9）：预约的泊位不再可用时恰有一个结果。What became of a booking whose spaces were not available any more: exactly one outcome.' })
export class Revocation {
  movedToFacilityId!: string | null;

  @Field(() => ID, { description: '标识。Its id.' })
  id!: string;

  @Field(() => RevocationStateEnum, { description: '结果。The outcome.' })
  state!: RevocationState;

  @Field(() => BreachSideEnum, { description: '违约方：收回泊位的供给方，或超时的前车。Whose breach it is: the supplier’s, or that of the vehicle before that stayed.' })
  side!: 'DRIVER' | 'SUPPLIER' | 'NOBODY';

  @Field(() => String, { description: '原因。Why.' })
  reason!: string;

  @Field(() => FenScalar, { nullable: true, description: '替代泊位贵出的差额，分，绝不由停车人承担：供给方收回泊位且两设施不属同一主体的，另立 RELOCATION 费用单由其承担；其后变更、取消、未到场或再被收回的，减为仍发生之数，并告知供给方；未改往他处为空。What the other place costs more, in fen, never the driver’s: the supplier that took its spaces back owes it by a charge of the purpose RELOCATION, unless both facilities are one party’s; what of it still arises where it was changed, cancelled, missed or taken back since, which the supplier is told; null where it was not moved.' })
  supplierFen!: number | null;

  @Field(() => InstantScalar, { description: '开始处理的时刻。When it began.' })
  createdAt!: number;

  @Field(() => InstantScalar, { nullable: true, description: '有结果的时刻；处理中为空。When it was decided; null while it is not.' })
  decidedAt!: number | null;
}

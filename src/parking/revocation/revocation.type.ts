import { Field, ID, ObjectType } from 'type-graphql';
import { FenScalar, InstantScalar, enumOf } from '../../platform/graphql/index.js';
import type { RevocationState } from '../rules/revocation-lifecycle.js';

const STATE_WORDS: Readonly<Record<RevocationState, string>> = {
  PENDING: '处理中。Being decided.',
  MOVED: '已改往步行可达的另一处，不另加价。Moved elsewhere within a walk, at no higher price.',
  REFUNDED: '已取消并全额退还。Cancelled and given back whole.',
  KEPT: '车辆已入场，照常停放。Kept: the vehicle is in.',
  LAPSED: '处理前预约已自行结束。The booking ended by itself before.',
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

  @Field(() => FenScalar, { nullable: true, description: '替代泊位贵出、由违约方承担的差额，分；未改往他处为空。What the other place costs more, borne by whose breach it is, in fen; null where it was not moved.' })
  supplierFen!: number | null;

  @Field(() => InstantScalar, { description: '开始处理的时刻。When it began.' })
  createdAt!: number;

  @Field(() => InstantScalar, { nullable: true, description: '有结果的时刻；处理中为空。When it was decided; null while it is not.' })
  decidedAt!: number | null;
}

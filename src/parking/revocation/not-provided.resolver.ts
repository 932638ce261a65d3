import { Arg, Ctx, Field, ID, InputType, Mutation, Resolver } from 'type-graphql';
import { isRefusal } from '../../kernel/index.js';
import { Allow } from '../../identity/index.js';
import type { RequestScope } from '../../platform/index.js';
import { ReservationPayload } from '../booking.type.js';
import { RESERVATION_BY_ID } from '../reservation.loaders.js';
import type { Reservation } from '../reservation.type.js';
import { bookingErrors } from '../told.js';
import { reportSpaceNotProvided } from './report-space-not-provided.js';

@InputType({ description: '申报预约的泊位未提供（3.2-7、P9）。Says that the space of a reservation was not provided.' })
export class ReportSpaceNotProvidedInput {
  @Field(() => ID, { description: '预约：本主体的，已付款，已到其开始时刻且未结束，车辆不在场；提前入场时段内，以及因未到场已结束的，须有道闸拒绝其车辆的记录。The reservation: of the caller’s party, paid, its own time begun and not over, none of its vehicles in; before its time, where it opens the gate already, and where it ended because nobody came, a gate must have turned its vehicle away.' })
  reservationId!: string;

  @Field(() => String, { description: '情况，1–200 字，如“泊位被占”；双方均可见。What was the matter, 1 to 200 characters; both sides read it.' })
  reason!: string;

  @Field(() => String, { description: '幂等键，至多 255 字符（I17）。Idempotency key, at most 255 characters.' })
  idempotencyKey!: string;
}

@Resolver()
export class NotProvidedResolver {
  @Allow('reservation:write')
  @Mutation(() => ReservationPayload, {
    description:
      '申报泊位未提供：供给方违约记录一次，所付全额退还，泊位释放，双方告知（P9、3.2-7）。拒绝代码：STAY_NOT_BEGUN、RESERVATION_OVER（含已取消、失效、完成）、RESERVATION_UNPAID、VEHICLE_IS_IN、NOT_TURNED_AWAY。Says that the space was not there: a breach of the supplier, recorded once; what was paid goes back whole, the spaces serve others, and both sides are told. Refused as STAY_NOT_BEGUN, RESERVATION_OVER (cancelled, expired and used ones as well), RESERVATION_UNPAID, VEHICLE_IS_IN or NOT_TURNED_AWAY.',
  })
  async reportSpaceNotProvided(@Arg('input', () => ReportSpaceNotProvidedInput, { description: '预约与情况。The reservation, and what was the matter.' }) input: ReportSpaceNotProvidedInput, @Ctx() scope: RequestScope): Promise<ReservationPayload> {
    const outcome = await reportSpaceNotProvided(scope, input);
    if (isRefusal(outcome)) return { reservation: null, userErrors: bookingErrors(outcome, scope) };
    const [reservation] = await RESERVATION_BY_ID.batch(scope, [outcome.value.reservationId]);
    return { reservation: reservation as Reservation | null, userErrors: [] };
  }
}

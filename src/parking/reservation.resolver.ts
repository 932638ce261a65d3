import { Arg, Args, ArgsType, Ctx, Field, FieldResolver, ID, Mutation, Query, Resolver, Root, Subscription } from 'type-graphql';
import { isRefusal } from '../kernel/index.js';
import { Charge, visibleCharges } from '../billing/index.js';
import { FACILITY_BY_ID, FacilityType, ZONE_BY_ID, ZoneType } from '../facilities/index.js';
import { Allow, Party, partyLoader } from '../identity/index.js';
import type { RequestScope } from '../platform/index.js';
import { PageArgs, userErrorsOf, type Connection } from '../platform/graphql/index.js';
import { listReservations } from './list-reservations.js';
import { RESERVATION_BY_ID, VEHICLES_OF_RESERVATION } from './reservation.loaders.js';
import { Reservation, ReservationConnection, ReservationEvent, ReservationVehicle, ReservationWhere } from './reservation.type.js';
import { bookingTermsOf, findTerms, setBookingTerms } from './set-booking-terms.js';
import { BookingTermsInForce, SetBookingTermsInput, SetBookingTermsPayload } from './terms.type.js';
import { watchReservations, type ReservationsTold } from './watch-reservations.js';

@ArgsType()
class ReservationWatchArgs {
  @Field(() => ID, { nullable: true, description: '只看此预约；为空不限。This reservation alone; null for all.' })
  reservationId?: string | null;

  @Field(() => ID, { nullable: true, description: '只看此主体的；为空即调用方的全部主体。Of this party; null for all of the caller’s.' })
  partyId?: string | null;

  @Field(() => String, { nullable: true, description: '此前收到的游标：补发所缺；为空或过旧则先快照。A cursor from before: what was missed comes first; null, or one too old, begins with a snapshot.' })
  since?: string | null;
}

@Resolver(() => Reservation)
export class ReservationResolver {
  @Allow('reservation:read')
  @Query(() => Reservation, { nullable: true, description: '按标识取预约；不存在或不可见为空。A reservation by its id; null where there is none that the caller may see.' })
  reservation(@Arg('id', () => ID, { description: '预约标识。Its id.' }) id: string, @Ctx() scope: RequestScope): Promise<Reservation | null> {
    return scope.load(RESERVATION_BY_ID, id);
  }

  @Allow('reservation:read')
  @Query(() => ReservationConnection, { description: '自己主体的预约，及其设施上的预约，新的在前；号牌掩码（P10）。Reservations of the caller’s parties, and at their facilities, the newest first; plates are masked.' })
  reservations(
    @Arg('where', () => ReservationWhere, { nullable: true, description: '筛选；为空不限。Filters; null for all.' }) where: ReservationWhere | null,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() scope: RequestScope,
  ): Promise<Connection<Reservation>> {
    return listReservations(scope, where ?? null, page);
  }

  @Allow('reservation:read')
  @Subscription(() => ReservationEvent, {
    subscribe: ({ args, context }: { args: ReservationWatchArgs; context: RequestScope }) => watchReservations(context, args),
    description: '预约的变化（P8）：先快照后变化，每条都是最新状态；过慢的读取方只得最新状态；凭证结束即止。Reservations as they stand, and then as they change; a slow reader gets the newest state; it ends with the token.',
  })
  reservationChanged(@Root() told: ReservationsTold, @Args(() => ReservationWatchArgs) _args: ReservationWatchArgs): ReservationEvent {
    return told as ReservationEvent;
  }

  @FieldResolver(() => FacilityType, { description: '停车设施。The facility.' })
  facility(@Root() { facilityId }: Reservation, @Ctx() scope: RequestScope): Promise<FacilityType> {
    return scope.load(FACILITY_BY_ID, facilityId) as Promise<unknown> as Promise<FacilityType>;
  }

  @FieldResolver(() => ZoneType, { description: '分区。The zone.' })
  zone(@Root() { zoneId }: Reservation, @Ctx() scope: RequestScope): Promise<ZoneType> {
    return scope.load(ZONE_BY_ID, zoneId) as Promise<unknown> as Promise<ZoneType>;
  }

  @FieldResolver(() => Party, { nullable: true, description: '预约方；不可见时为空。Whose it is; null where the caller may not see it.' })
  party(@Root() { partyId }: Reservation, @Ctx() scope: RequestScope): Promise<Party | null> {
    return scope.load(partyLoader, partyId);
  }

  @FieldResolver(() => [Charge], { description: '费用单，次序同 chargeIds，各笔之后为其余款（Charge.rest）：尚欠的即其中 OPEN 与 UNPAID 的 amountFen 之和；不可见的不列。Its charges, in the order of chargeIds, each followed by its rest (Charge.rest): what is still owed is the amountFen of those that are OPEN or UNPAID, summed. Without those that the caller may not see.' })
  charges(@Root() { chargeIds }: Reservation, @Ctx() scope: RequestScope): Promise<readonly Charge[]> {
    return visibleCharges(scope, chargeIds);
  }

  @FieldResolver(() => [ReservationVehicle], { description: '车辆，号牌掩码（P10）。Its vehicles; plates are masked.' })
  vehicles(@Root() { id }: Reservation, @Ctx() scope: RequestScope): Promise<readonly ReservationVehicle[]> {
    return scope.load(VEHICLES_OF_RESERVATION, id);
  }
}

@Resolver()
export class BookingTermsResolver {
  @Allow('window:read')
  @Query(() => BookingTermsInForce, { description: '某设施现行的预约条款（P12）；无此设施为 NOT_FOUND。The terms on which a facility is booked now; NOT_FOUND where there is none.' })
  bookingTerms(@Arg('facilityId', () => ID, { description: '停车设施。The facility.' }) facilityId: string, @Ctx() scope: RequestScope): Promise<BookingTermsInForce> {
    return bookingTermsOf(scope, facilityId);
  }

  @Allow('terms:write')
  @Mutation(() => SetBookingTermsPayload, { description: '设置设施或全市的预约条款（P12）；已有预约不受影响。Sets terms from an instant on; reservations that stand keep theirs.' })
  async setBookingTerms(@Arg('input', () => SetBookingTermsInput, { description: '条款、依据与期限。The terms, their basis and validity.' }) input: SetBookingTermsInput, @Ctx() scope: RequestScope): Promise<SetBookingTermsPayload> {
    const outcome = await setBookingTerms(scope, { ...input, terms: { ...input.terms } });
    if (isRefusal(outcome)) return { bookingTerms: null, userErrors: userErrorsOf(outcome, scope) };
    return { bookingTerms: await findTerms(scope, outcome.value.termsId), userErrors: [] };
  }
}

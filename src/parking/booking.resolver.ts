import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import { isRefusal, localTime, type Outcome } from '../kernel/index.js';
import { FACILITY_BY_ID, FacilityType } from '../facilities/index.js';
import { Allow } from '../identity/index.js';
import type { RequestScope } from '../platform/index.js';
import { UserError, badInput } from '../platform/graphql/index.js';
import { ALTERNATIVES_OF_STAY, stayKey } from './alternatives.js';
import { CancelReservationInput, ChangePlatesInput, ChangeReservationInput, NotEnoughSpaces, QuoteStayInput, QuoteStayPayload, ReservationPayload, ReserveSpaceInput, StayAlternative, StayQuote } from './booking.type.js';
import { cancelReservation, changeReservation } from './change-reservation.js';
import { changePlates } from './change-plates.js';
import { quoteStay } from './quote-stay.js';
import { QUOTE_BY_ID, RESERVATION_BY_ID, SERIES_BY_ID, reservationOf, stayQuoteOf } from './reservation.loaders.js';
import { ReservationConnection, type Reservation } from './reservation.type.js';
import { reserveSeries } from './reserve-series.js';
import { reserveSpace } from './reserve-space.js';
import type { SeriesDates } from './rules/series-nights.js';
import { RefusedNightType, ReserveSeriesInput, ReserveSeriesPayload, Series, type SeriesDatesInput } from './series.type.js';
import { listReservations } from './list-reservations.js';
import { bookingError, bookingErrors } from './told.js';

@Resolver()
export class BookingResolver {
  @Allow('reservation:write')
  @Mutation(() => QuoteStayPayload, { description: '为一次停车报价（I9）：与预约用同一决策（P2），给出编号、明细、有效期与条款。Quotes a stay by the same decision that books it.' })
  async quoteStay(@Arg('input', () => QuoteStayInput, { description: '要停的时段。The stay.' }) input: QuoteStayInput, @Ctx() scope: RequestScope): Promise<QuoteStayPayload> {
    const { changesReservationId, spaceId, partyId, plates, ...rest } = input;
    const outcome = await quoteStay(scope, { ...rest, spaceId: spaceId ?? null, partyId: partyId ?? null, changes: changesReservationId ?? null, plates: plates ?? null });
    if (isRefusal(outcome)) return { quote: null, userErrors: bookingErrors(outcome, scope) };
    const { quoteId, quote } = outcome.value;
    return { quote: quote ? stayQuoteOf(quote) : await scope.load(QUOTE_BY_ID, quoteId), userErrors: [] };
  }

  @Allow('reservation:write')
  @Mutation(() => ReservationPayload, { description: '按报价预约（2.2-5、2.6-5）：免费或后付即成立，否则保留泊位待付款；泊位只许诺一次（P1）。Books a quote: at once where it is free or paid later, else held until it is paid.' })
  async reserveSpace(@Arg('input', () => ReserveSpaceInput, { description: '报价与车辆。The quote and the vehicles.' }) input: ReserveSpaceInput, @Ctx() scope: RequestScope): Promise<ReservationPayload> {
    const outcome = await reserveSpace(scope, input);
    if (isRefusal(outcome)) return { reservation: null, userErrors: bookingErrors(outcome, scope) };
    const { reservationId, row } = outcome.value;
    return { reservation: row ? reservationOf(row) : await scope.load(RESERVATION_BY_ID, reservationId), userErrors: [] };
  }

  @Allow('reservation:write')
  @Mutation(() => ReservationPayload, { description: '按新报价变更预约（I18）：一步替换，差额补收或退还，费用不超过报价，结果通知预约方；入场后只能延长。Changes a reservation in one step: the difference is charged or given back, never more than was quoted, and its party is told; whoever is in can only stay longer.' })
  changeReservation(@Arg('input', () => ChangeReservationInput, { description: '预约与新报价。The reservation and its new quote.' }) input: ChangeReservationInput, @Ctx() scope: RequestScope): Promise<ReservationPayload> {
    return toldChange(scope, changeReservation(scope, input));
  }

  @Allow('reservation:write')
  @Mutation(() => ReservationPayload, { description: '取消预约（C10）：期限前免费，逾期按条款收费；供给方收回泊位而待处理（PENDING）或已改往他处（MOVED）的，不收费，所付全额退还（P9）；入场后不可取消；取消之际泊位正被收回的，请重新提交（SPACES_TAKEN_BACK）。Cancels a reservation: free until the deadline, then at the agreed fee; without any fee, and with all that was paid given back, while its spaces are being taken back (PENDING) or once it was moved (MOVED); not after arrival. Where they are taken back at that very moment it is refused as SPACES_TAKEN_BACK, and free when asked again.' })
  cancelReservation(@Arg('input', () => CancelReservationInput, { description: '预约与原因。The reservation, and why.' }) input: CancelReservationInput, @Ctx() scope: RequestScope): Promise<ReservationPayload> {
    return toldChange(scope, cancelReservation(scope, input));
  }

  @Allow('reservation:write')
  @Mutation(() => ReservationPayload, { description: '更换预约的车辆，入场前；仅限机动车（0-3）。Names other vehicles before they arrive; motor vehicles only.' })
  changePlates(@Arg('input', () => ChangePlatesInput, { description: '预约与号牌。The reservation and its plates.' }) input: ChangePlatesInput, @Ctx() scope: RequestScope): Promise<ReservationPayload> {
    return toldChange(scope, changePlates(scope, input));
  }

  @Allow('reservation:write')
  @Mutation(() => ReserveSeriesPayload, { description: '连续预约，如一个月的每个工作日夜间：全有或全无，或能约尽约并列出不能的日期（2.6-5）；有免费时长的，各次须相隔 60 分钟以上（NIGHTS_TOO_CLOSE）。Books the same hours on many dates; where minutes are free, its stays keep 60 minutes between them.' })
  async reserveSeries(@Arg('input', () => ReserveSeriesInput, { description: '日期、时段与车辆。The dates, the hours and the vehicles.' }) input: ReserveSeriesInput, @Ctx() scope: RequestScope): Promise<ReserveSeriesPayload> {
    const { on, from, until, partyId, ...rest } = input;
    const outcome = await reserveSeries(scope, { ...rest, on: datesOf(on), hours: { fromMinute: from, untilMinute: until }, partyId: partyId ?? null });
    if (isRefusal(outcome)) return { series: null, userErrors: bookingErrors(outcome, scope) };
    return { series: await scope.load(SERIES_BY_ID, outcome.value.seriesId), userErrors: [] };
  }
}

async function toldChange(scope: RequestScope, changed: Promise<Outcome<{ readonly reservationId: string }>>): Promise<ReservationPayload> {
  const outcome = await changed;
  if (isRefusal(outcome)) return { reservation: null, userErrors: bookingErrors(outcome, scope) };
  // Past the request's loader, which may remember it as it was before.
  const [reservation] = await RESERVATION_BY_ID.batch(scope, [outcome.value.reservationId]);
  return { reservation: reservation as Reservation | null, userErrors: [] };
}

function datesOf({ dates, every }: SeriesDatesInput): SeriesDates {
  const dayOf = (text: string): number => {
    const day = localTime.parseDay(text);
    if (isRefusal(day)) throw badInput(day.problems[0], 'on');
    return day.value;
  };
  if (every) return { from: dayOf(every.fromOn), until: dayOf(every.untilOn), dayTypes: every.dayTypes };
  return { dates: (dates ?? []).map(dayOf) };
}

@Resolver(() => StayQuote)
export class StayQuoteResolver {
  @FieldResolver(() => FacilityType, { description: '停车设施。The facility.' })
  facility(@Root() { facilityId }: StayQuote, @Ctx() scope: RequestScope): Promise<FacilityType> {
    return scope.load(FACILITY_BY_ID, facilityId) as Promise<unknown> as Promise<FacilityType>;
  }
}

@Resolver(() => StayAlternative)
export class StayAlternativeResolver {
  @FieldResolver(() => FacilityType, { description: '停车设施。The facility.' })
  facility(@Root() { facilityId }: StayAlternative, @Ctx() scope: RequestScope): Promise<FacilityType> {
    return scope.load(FACILITY_BY_ID, facilityId) as Promise<unknown> as Promise<FacilityType>;
  }
}

@Resolver(() => NotEnoughSpaces)
export class NotEnoughSpacesResolver {
  @FieldResolver(() => [StayAlternative], { description: '步行可达、同一时段现在就能预约的其他设施，由近及远，至多 5 处（2.1-3）；给出号牌的，按其在各处的登记判定，报价时须再给出；再次读取的连续预约，按其现有车辆判定。Other facilities within a walk that can be booked for the interval now, nearest first, at most five; where plates were named, by what they are admitted as there, for a quote that names them again. Of a series that is read again: by the vehicles that it has then.' })
  alternatives(@Root() { stay }: NotEnoughSpaces, @Ctx() scope: RequestScope): Promise<readonly StayAlternative[]> | readonly StayAlternative[] {
    return stay === null ? [] : scope.load(ALTERNATIVES_OF_STAY, stayKey(stay));
  }
}

@Resolver(() => Series)
export class SeriesResolver {
  @FieldResolver(() => ReservationConnection, { description: '其中的预约，至多 62 次。Its reservations, at most 62.' })
  reservations(@Root() { id }: Series, @Ctx() scope: RequestScope): Promise<InstanceType<typeof ReservationConnection>> {
    return listReservations(scope, { seriesId: id }, { first: 100, after: null });
  }

  @FieldResolver(() => [RefusedNightType], { description: '不能预约的日期及原因。The dates that could not be had.' })
  refused(@Root() { refusedNights }: Series): RefusedNightType[] {
    return refusedNights.map(night => Object.assign(new RefusedNightType(), night));
  }
}

@Resolver(() => RefusedNightType)
export class RefusedNightResolver {
  @FieldResolver(() => [UserError], { description: '原因。Why.' })
  reasons(@Root() { problems }: RefusedNightType, @Ctx() scope: RequestScope): UserError[] {
    return problems.map(problem => bookingError(problem, scope));
  }
}

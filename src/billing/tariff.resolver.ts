import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import { FACILITY_BY_ID, FacilityType } from '../facilities/index.js';
import { Allow, Party, partyLoader } from '../identity/index.js';
import { isRefusal, problem, type Outcome, type Refusal } from '../kernel/index.js';
import type { RequestScope } from '../platform/index.js';
import { connectionTypes, PageArgs, userErrorOf, type Connection, type UserError } from '../platform/graphql/index.js';
import { inputPath, SharingWindow } from '../sharing/index.js';
import { reviseTariff, withdrawTariff } from './change-tariff.js';
import { listTariffPage } from './list-tariffs.js';
import { publishTariff } from './publish-tariff.js';
import { registerFacilityTariff } from './register-facility-tariff.js';
import { versionAt } from './rules/cut-stay.js';
import { PublishTariffInput, RegisterFacilityTariffInput, ReviseTariffInput, TariffWhere, WithdrawTariffInput } from './tariff-inputs.type.js';
import { tariffOfInput } from './tariff-of-input.js';
import { REGISTERED_TARIFF_ID, TARIFF_BY_ID } from './tariff.loaders.js';
import { FacilityTariffPayload, Tariff, TariffPayload, TariffVersionType } from './tariff.type.js';

export const TariffConnection = connectionTypes('Tariff', () => Tariff, { zh: '收费标准', en: 'tariffs' });

@Resolver(() => Tariff)
export class TariffResolver {
  @Allow('tariff:read')
  @Query(() => Tariff, { nullable: true, description: '按标识取收费标准；不存在为空。A tariff by its id; null where there is none.' })
  tariff(@Arg('id', () => ID, { description: '收费标准标识。Its id.' }) id: string, @Ctx() scope: RequestScope): Promise<Tariff | null> {
    return scope.load(TARIFF_BY_ID, id);
  }

  @Allow('tariff:read')
  @Query(() => TariffConnection, { description: '收费标准列表，含已撤回的；价格公开（0-6）。Tariffs, withdrawn ones included; prices are public.' })
  tariffs(
    @Arg('where', () => TariffWhere, { nullable: true, description: '筛选；为空不限。Filters; null for all.' }) where: TariffWhere | null,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() scope: RequestScope,
  ): Promise<Connection<Tariff>> {
    return listTariffPage(scope, where ?? null, page);
  }

  @FieldResolver(() => FacilityType, { nullable: true, description: '所属停车设施；属于主体时为空。The facility it belongs to; null where it is a party’s.' })
  async facility(@Root() { facilityId }: Tariff, @Ctx() scope: RequestScope): Promise<FacilityType | null> {
    return facilityId === null ? null : (scope.load(FACILITY_BY_ID, facilityId) as Promise<unknown> as Promise<FacilityType | null>);
  }

  @FieldResolver(() => Party, { nullable: true, description: '所属主体；属于设施时为空，无权查看的个人亦为空。The party it belongs to; null where it is a facility’s, or a person whom the caller may not see.' })
  async party(@Root() { partyId }: Tariff, @Ctx() scope: RequestScope): Promise<Party | null> {
    return partyId === null ? null : scope.load(partyLoader, partyId);
  }

  @FieldResolver(() => TariffVersionType, { nullable: true, description: '现行版本；尚未施行为空。The version in force now; null where none is yet.' })
  inForce(@Root() { versions }: Tariff, @Ctx() scope: RequestScope): TariffVersionType | null {
    const now = scope.clock.now();
    const held = versionAt(versions.map(({ number, inForceFrom }) => ({ version: number, inForceFrom })), now);
    return versions.find(each => each.number === held?.version) ?? null;
  }
}

@Resolver()
export class TariffMutationResolver {
  @Allow('tariff:publish')
  @Mutation(() => TariffPayload, { description: '发布收费标准（3.2-5、3.5-4）。Publishes a tariff.' })
  async publishTariff(@Arg('input', () => PublishTariffInput, { description: '要发布的收费标准。The tariff.' }) input: PublishTariffInput, @Ctx() scope: RequestScope): Promise<TariffPayload> {
    const owner = { facilityId: input.owner.facilityId ?? null, partyId: input.owner.partyId ?? null };
    return told(scope, await publishTariff(scope, { ...input, owner, terms: tariffOfInput(input.terms) }));
  }

  @Allow('tariff:publish')
  @Mutation(() => TariffPayload, { description: '给收费标准一个新版本；已报的价不变（I9）。Gives a tariff a new version; what was quoted stays.' })
  async reviseTariff(@Arg('input', () => ReviseTariffInput, { description: '新的内容。The new terms.' }) input: ReviseTariffInput, @Ctx() scope: RequestScope): Promise<TariffPayload> {
    return told(scope, await reviseTariff(scope, { ...input, terms: tariffOfInput(input.terms) }));
  }

  @Allow('tariff:publish')
  @Mutation(() => TariffPayload, { description: '撤回收费标准；仍被时段或设施使用的不能撤回。Withdraws a tariff that no window and no facility uses any more.' })
  async withdrawTariff(@Arg('input', () => WithdrawTariffInput, { description: '哪一标准、为何。Which one, and why.' }) input: WithdrawTariffInput, @Ctx() scope: RequestScope): Promise<TariffPayload> {
    return told(scope, await withdrawTariff(scope, input));
  }

  @Allow('tariff:publish')
  @Mutation(() => FacilityTariffPayload, { description: '登记或取消设施在共享时段以外的收费标准（I8）。Registers what a facility charges outside every window, or takes it away.' })
  async registerFacilityTariff(@Arg('input', () => RegisterFacilityTariffInput, { description: '哪一设施、哪一标准、为何。Which facility, which tariff, and why.' }) input: RegisterFacilityTariffInput, @Ctx() scope: RequestScope): Promise<FacilityTariffPayload> {
    const outcome = await registerFacilityTariff(scope, input);
    if (isRefusal(outcome)) return { facility: null, tariff: null, userErrors: errorsOf(scope, outcome) };
    const { facilityId, tariffId } = outcome.value;
    const [facility, tariff] = [await scope.load(FACILITY_BY_ID, facilityId), tariffId === null ? null : await freshTariff(scope, tariffId)];
    return { facility: facility as unknown as FacilityType, tariff, userErrors: [] };
  }
}

@Resolver(() => SharingWindow)
export class WindowTariffResolver {
  @FieldResolver(() => Tariff, { nullable: true, description: '收费标准；免费为空。The tariff; null is free of charge.' })
  async tariff(@Root() { tariffId }: SharingWindow, @Ctx() scope: RequestScope): Promise<Tariff | null> {
    return tariffId === null ? null : scope.load(TARIFF_BY_ID, tariffId);
  }
}

@Resolver(() => FacilityType)
export class FacilityTariffResolver {
  @FieldResolver(() => Tariff, { nullable: true, description: '共享时段以外的收费标准（I8）；未登记为空，其时不报价。The tariff outside every window; null where none is registered, and such time has no price.' })
  async registeredTariff(@Root() { id }: FacilityType, @Ctx() scope: RequestScope): Promise<Tariff | null> {
    const tariffId = await scope.load(REGISTERED_TARIFF_ID, id);
    return tariffId === null ? null : scope.load(TARIFF_BY_ID, tariffId);
  }
}

/** Past the request's loader, which may remember it as it was before. */
async function freshTariff(scope: RequestScope, id: string): Promise<Tariff | null> {
  const [tariff] = await TARIFF_BY_ID.batch(scope, [id]);
  if (tariff instanceof Error) throw tariff;
  return tariff ?? null;
}

async function told(scope: RequestScope, outcome: Outcome<{ readonly tariffId: string }>): Promise<TariffPayload> {
  if (isRefusal(outcome)) return { tariff: null, userErrors: errorsOf(scope, outcome) };
  return { tariff: await freshTariff(scope, outcome.value.tariffId), userErrors: [] };
}

const MEMBERS = ['owner', 'name', 'terms', 'inForceFrom', 'legalBasis', 'tariffId', 'facilityId', 'expectedVersion', 'reason'];

/** Problems by their paths in the caller's input. */
function errorsOf(scope: RequestScope, { problems }: Refusal): UserError[] {
  return problems.map(({ field, ...rest }) => userErrorOf(problem(rest.code, { ...rest, field: field === undefined ? undefined : inputPath(field, MEMBERS) }), scope));
}

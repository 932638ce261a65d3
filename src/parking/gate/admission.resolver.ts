import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import { isRefusal } from '../../kernel/index.js';
import { FACILITY_BY_ID, FacilityType } from '../../facilities/index.js';
import { Allow, Party, partyLoader } from '../../identity/index.js';
import type { RequestScope } from '../../platform/index.js';
import { PageArgs, userErrorsOf, type Connection } from '../../platform/graphql/index.js';
import { Admission, AdmissionConnection, AdmissionWhere, EndAdmissionsInput, EndAdmissionsPayload, NameAdmissionsInput, NameAdmissionsPayload } from './admission.type.js';
import { admissionsById } from './admissions.sql.js';
import { endAdmissions } from './end-admissions.js';
import { admissionOf, listAdmissions } from './list-admissions.js';
import { nameAdmissions } from './name-admissions.js';

@Resolver(() => Admission)
export class AdmissionResolver {
  @Allow('session:read')
  @Query(() => AdmissionConnection, { description: '自己设施上登记的住户与协议车辆，新的在前；非自己的设施为空列表。The vehicles that are admitted at one of one’s own facilities, the newest first; none at another’s.' })
  admissions(
    @Arg('facilityId', () => ID, { description: '停车设施。The facility.' }) facilityId: string,
    @Arg('where', () => AdmissionWhere, { nullable: true, description: '筛选；为空不限。Filters; null for all.' }) where: AdmissionWhere | null,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() scope: RequestScope,
  ): Promise<Connection<Admission>> {
    return listAdmissions(scope, facilityId, where ?? null, page);
  }

  @Allow('gate:operate')
  @Mutation(() => EndAdmissionsPayload, { description: '终止车辆登记（2.5-5、3.2-4）：已成立的预约照旧，此后不再按该供给对象报价、预约或放行。拒绝代码：ENDS_IN_PAST、ADMISSION_ENDS_EARLIER。Ends the admission of vehicles: what is booked stands, and nothing further is quoted, booked or let in as of that audience.' })
  async endAdmissions(@Arg('input', () => EndAdmissionsInput, { description: '哪些登记、何时、为何。Which, when and why.' }) input: EndAdmissionsInput, @Ctx() scope: RequestScope): Promise<EndAdmissionsPayload> {
    const outcome = await endAdmissions(scope, { ...input, endsAt: input.endsAt ?? null });
    if (isRefusal(outcome)) return { admissions: [], userErrors: userErrorsOf(outcome, scope) };
    const rows = await admissionsById(scope.database, outcome.value.admissionIds);
    return { admissions: rows.map(admissionOf).sort((a, b) => (a.id < b.id ? -1 : 1)), userErrors: [] };
  }

  @Allow('gate:operate')
  @Mutation(() => NameAdmissionsPayload, { description: '补记未指明的车辆所属主体（2.5-5、3.2-4）：登记时未指明的，仅道闸放行，任何人都不能凭其报价与预约。已指明的不能改，须终止后重新登记。拒绝代码：PARTY_UNKNOWN、ADMISSION_NAMED。Says whose vehicles were admitted where that was not said: until then the gate alone admits them, and nobody is quoted or books by them. One that names a party is not changed: it is ended, and the vehicle admitted anew.' })
  async nameAdmissions(@Arg('input', () => NameAdmissionsInput, { description: '哪些登记、属谁、为何。Which, whose, and why.' }) input: NameAdmissionsInput, @Ctx() scope: RequestScope): Promise<NameAdmissionsPayload> {
    const outcome = await nameAdmissions(scope, input);
    if (isRefusal(outcome)) return { admissions: [], userErrors: userErrorsOf(outcome, scope) };
    const rows = await admissionsById(scope.database, outcome.value.admissionIds);
    return { admissions: rows.map(admissionOf).sort((a, b) => (a.id < b.id ? -1 : 1)), userErrors: [] };
  }

  @FieldResolver(() => FacilityType, { description: '停车设施。The facility.' })
  facility(@Root() { facilityId }: Admission, @Ctx() scope: RequestScope): Promise<FacilityType> {
    return scope.load(FACILITY_BY_ID, facilityId) as Promise<unknown> as Promise<FacilityType>;
  }

  @FieldResolver(() => Party, { nullable: true, description: '车辆所属主体；未指明，或调用方不可见时为空（见 partyId）。Whose vehicle it is; null where none was named, and where the caller may not see it, which `partyId` tells apart.' })
  party(@Root() { partyId }: Admission, @Ctx() scope: RequestScope): Promise<Party | null> {
    return partyId === null ? Promise.resolve(null) : scope.load(partyLoader, partyId);
  }
}

import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { Allow } from '../identity/index.js';
import { isRefusal, refuse, type Outcome } from '../kernel/index.js';
import type { RequestScope } from '../platform/index.js';
import { userErrorOf } from '../platform/graphql/index.js';
import { assignReportingUnit } from './assign-reporting-unit.js';
import { lendingErrorOf } from './bookings-in-the-way.type.js';
import { changeFacilityStatus } from './change-facility-status.js';
import { AssignReportingUnitInput, ChangeFacilityStatusInput, FacilityPayload, PutOutOfServiceInput, RegisterFacilityInput, RegisterFacilityPayload, type PartyReferenceInput } from './facility-inputs.type.js';
import { FACILITY_BY_ID, freshly } from './facility.loaders.js';
import type { FacilityType } from './facility.type.js';
import { putOutOfService } from './put-out-of-service.js';
import { registerFacility } from './register-facility.js';
import type { FacilityDraft, PartyReference } from './rules/facility-draft.js';

@Resolver()
export class FacilityChangesResolver {
  @Allow('facility:write')
  @Mutation(() => RegisterFacilityPayload, { description: '登记停车设施（3.1-4），与批量导入同一规则；同一来源编号再次登记即更正。Registers a facility by the same rules as an import, or corrects it.' })
  async registerFacility(@Arg('input', () => RegisterFacilityInput, { description: '停车设施。The facility.' }) input: RegisterFacilityInput, @Ctx() scope: RequestScope): Promise<RegisterFacilityPayload> {
    const outcome = inInputTerms(await registerFacility(scope, draftOf(input), input.idempotencyKey));
    const payload = await payloadOf(scope, outcome);
    return { ...payload, findings: isRefusal(outcome) ? [] : outcome.value.findings.map(finding => userErrorOf(finding, scope)) };
  }

  @Allow('facility:write')
  @Mutation(() => FacilityPayload, { description: '变更设施状态（3.6-4）：开放后泊位方计入，须验收者先验收（4.5-1）。Moves a facility along its life; it counts from opening on.' })
  async changeFacilityStatus(@Arg('input', () => ChangeFacilityStatusInput, { description: '变更。The change.' }) input: ChangeFacilityStatusInput, @Ctx() scope: RequestScope): Promise<FacilityPayload> {
    return payloadOf(scope, await changeFacilityStatus(scope, input));
  }

  @Allow('jurisdiction:write')
  @Mutation(() => FacilityPayload, { description: '指定设施的统计报告单位（0-1、G8）。Says which unit counts a facility.' })
  async assignReportingUnit(@Arg('input', () => AssignReportingUnitInput, { description: '指定。The assignment.' }) input: AssignReportingUnitInput, @Ctx() scope: RequestScope): Promise<FacilityPayload> {
    return payloadOf(scope, await assignReportingUnit(scope, input));
  }

  @Allow('facility:write')
  @Mutation(() => FacilityPayload, { description: '停用或恢复泊位（4.5-2），立即生效。Takes spaces out of service or back, at once.' })
  async putOutOfService(@Arg('input', () => PutOutOfServiceInput, { description: '停用。The change.' }) input: PutOutOfServiceInput, @Ctx() scope: RequestScope): Promise<FacilityPayload> {
    return payloadOf(scope, await putOutOfService(scope, input));
  }
}

async function payloadOf(scope: RequestScope, outcome: Outcome<{ readonly facilityId: string }>): Promise<FacilityPayload> {
  if (isRefusal(outcome)) return { facility: null, userErrors: outcome.problems.map(each => lendingErrorOf(each, scope)) };
  return { facility: (await freshly(scope, FACILITY_BY_ID, outcome.value.facilityId)) as FacilityType, userErrors: [] };
}

/** The draft that an input is: the same shape but for names that the schema gives flags, and parties by one of two keys. */
function draftOf(input: RegisterFacilityInput): FacilityDraft {
  const { idempotencyKey: _key, owner, manager, operator, closesAt, isInsured, isMilitaryLinked, isRestricted, isCivilDefence, hasCameras, zones, ...same } = input;
  return {
    ...same,
    owner: partyOf(owner), manager: partyOf(manager), operator: partyOf(operator),
    closesAtMinutes: closesAt ?? null,
    insured: isInsured ?? null, militaryLinked: isMilitaryLinked, restricted: isRestricted, civilDefence: isCivilDefence ?? null, cameraCovered: hasCameras ?? null,
    zones: zones.map(zone => ({ ...zone, capacity: zone.capacity ?? undefined })),
  };
}

/** A refusal by the names that the input has: the way back of `draftOf`. */
function inInputTerms<T>(outcome: Outcome<T>): Outcome<T> {
  if (!isRefusal(outcome)) return outcome;
  return refuse(outcome.problems.map(each => (each.field === undefined ? each : { ...each, field: inputPathOf(each.field) })));
}

function inputPathOf(field: string): string {
  return field.replace(/^closesAtMinutes\b/, 'closesAt').replace(/^(owner|manager|operator)\.(source|code)$/, '$1.ofSource.$2');
}

function partyOf(reference: PartyReferenceInput | null | undefined): PartyReference | null {
  if (!reference) return null;
  return reference.id ? { id: reference.id } : reference.ofSource ?? null;
}

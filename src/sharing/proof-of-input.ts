import { badInput } from '../platform/graphql/index.js';
import type { ProofInput } from './mutation.type.js';
import type { Proof } from './rules/publish.js';
import { dayOf } from './terms-of-input.js';

/** Reads a check from the schema's words; exactly one member is given, which the schema saw to. */
export function proofOfInput(input: ProofInput): Proof {
  const { ownersResolution, titleVerification, businessRegistration, securityPlan, procurementReference, spaceAdditionChecks } = input;
  if (ownersResolution) return { kind: 'OWNERS_RESOLUTION', ...ownersResolution };
  if (titleVerification) return { kind: 'TITLE_VERIFICATION', validUntil: titleVerification.validUntilOn == null ? null : dayOf(titleVerification.validUntilOn) };
  if (businessRegistration) {
    const { no, validToOn, status } = businessRegistration;
    return { kind: 'BUSINESS_REGISTRATION', no, validTo: validToOn == null ? null : dayOf(validToOn), status };
  }
  if (spaceAdditionChecks) return { kind: 'SPACE_ADDITION_CHECKS', ...spaceAdditionChecks };
  if (procurementReference != null) return { kind: 'PROCUREMENT_REFERENCE', reference: procurementReference };
  if (securityPlan === true) return { kind: 'SECURITY_PLAN' };
  throw badInput({ zh: 'securityPlan 只能为 true', en: 'securityPlan can only be true' }, 'proof.securityPlan');
}

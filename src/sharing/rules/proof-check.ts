import { localTime, problem, type Day, type Problem } from '../../kernel/index.js';
import { checkOwnersResolution } from './owners-resolution.js';
import type { Proof } from './publish.js';

/** Who may vouch for a check: a supplier for what is its own affair, an office alone for what protects others from it (I15). */
export const VOUCHED_BY: Readonly<Record<Proof['kind'], 'SUPPLIER' | 'OFFICE'>> = {
  OWNERS_RESOLUTION: 'SUPPLIER',
  TITLE_VERIFICATION: 'OFFICE',
  BUSINESS_REGISTRATION: 'OFFICE',
  SECURITY_PLAN: 'SUPPLIER',
  PROCUREMENT_REFERENCE: 'SUPPLIER',
  SPACE_ADDITION_CHECKS: 'OFFICE',
};

/** What speaks against recording a check: it lies in the future, or what it found contradicts itself. Whether it suffices is asked when publishing. */
export function checkProof(proof: Proof, { checkedBy, checkedOn, today }: { readonly checkedBy: string; readonly checkedOn: Day; readonly today: Day }): readonly Problem[] {
  const problems: Problem[] = [];
  if (checkedBy.trim() === '' || checkedBy.length > 200) problems.push(problem('CHECKER_INVALID', { zh: '须写明由谁核验，1–200 字', en: 'say who checked, in 1 to 200 characters', field: 'checkedBy' }));
  if (checkedOn > today) problems.push(problem('CHECKED_IN_THE_FUTURE', { zh: `核验日期 ${localTime.formatDay(checkedOn)} 在今天之后`, en: `the check of ${localTime.formatDay(checkedOn)} lies after today`, field: 'checkedOn' }));
  if (proof.kind === 'OWNERS_RESOLUTION') problems.push(...checkOwnersResolution(proof).filter(each => each.code === 'RESOLUTION_INCONSISTENT').map(each => ({ ...each, field: 'ownersResolution' })));
  if (proof.kind === 'PROCUREMENT_REFERENCE' && proof.reference.trim() === '') problems.push(problem('PROCUREMENT_REFERENCE_MISSING', { zh: '采购编号不能为空', en: 'the procurement reference is empty', field: 'procurementReference', clause: '3.5-2' }));
  if (proof.kind === 'BUSINESS_REGISTRATION' && proof.no.trim() === '') problems.push(problem('REGISTRATION_NUMBER_MISSING', { zh: '备案编号不能为空', en: 'the number of the registration is empty', field: 'businessRegistration.no', clause: '2.4-1' }));
  return problems;
}

import { done, isRefusal, problem, refuse, type Outcome } from '../kernel/index.js';
import { transaction, type RequestScope } from '../platform/index.js';
import { notFound } from '../platform/graphql/index.js';
import { ensureMay } from './allow.js';
import { PartyEntity } from './party.entity.js';
import { may } from './rules/may.js';

export const PERSONAL_FIELDS = ['NAME', 'PHONE'] as const;
export type PersonalField = (typeof PERSONAL_FIELDS)[number];

export interface RevealPersonalField {
  readonly partyId: string;
  readonly field: PersonalField;
  readonly purpose: string;
}

const PURPOSE_MINIMUM = 4;
const PURPOSE_MAXIMUM = 200;

/**
 * Shows one personal field in clear, to somebody with the right and a purpose. The line in the audit is committed
 * before the field is opened: a reading without its line cannot happen (I16, G26). An officer's attempt beyond the
 * own district leaves a line as well.
 */
export async function revealPersonalField(scope: RequestScope, input: RevealPersonalField): Promise<Outcome<{ readonly value: string | null }>> {
  const outcome = await transaction(scope, async unit => {
    if (!may(scope.viewer, 'personal:read-clear')) return done({ isAllowed: false });
    const party = await unit.em.findOne(PartyEntity, { id: input.partyId });
    if (!party) throw notFound('party', input.partyId);
    const isAllowed = may(scope.viewer, 'personal:read-clear', { partyId: party.id, jurisdictionCode: party.jurisdictionCode });
    const purpose = input.purpose.trim();
    if (isAllowed && (purpose.length < PURPOSE_MINIMUM || purpose.length > PURPOSE_MAXIMUM)) {
      return refuse(problem('PURPOSE_MISSING', { zh: `查看个人信息须说明用途（${PURPOSE_MINIMUM}–${PURPOSE_MAXIMUM} 字），收到 ${purpose.length} 字`, en: `reading personal data needs a purpose of ${PURPOSE_MINIMUM} to ${PURPOSE_MAXIMUM} characters; this has ${purpose.length}`, field: 'purpose' }));
    }
    if (isAllowed && party.erasedAt != null) return refuse(problem('ERASED', { zh: '该个人的信息已应其请求删除', en: 'the personal data of this person were destroyed, as it asked', field: 'partyId' }));
    unit.record({ action: 'personal:read-clear', objectType: 'party', objectId: party.id, succeeded: isAllowed, reason: purpose.slice(0, PURPOSE_MAXIMUM), details: { field: input.field } });
    return done({ isAllowed });
  });
  if (isRefusal(outcome)) return outcome;
  if (!outcome.value.isAllowed) ensureMay(scope.viewer, 'personal:read-clear', {}, { what: 'party', id: input.partyId });
  return done({ value: await openField(scope, input) });
}

async function openField({ database, services }: RequestScope, { partyId, field }: RevealPersonalField): Promise<string | null> {
  const party = await database.orm.em.fork().findOneOrFail(PartyEntity, { id: partyId });
  const [column, sealed] = field === 'NAME' ? ['sealed_name', party.sealedName] : ['sealed_phone', party.sealedPhone];
  if (sealed != null) return services.sealer.open(sealed, { table: 'party', rowId: party.id, column: column! });
  return field === 'NAME' ? party.name ?? null : null;
}

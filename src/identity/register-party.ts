import { done, isRefusal, problem, refuse, type Outcome } from '../kernel/index.js';
import { newId, transaction, type RequestScope, type Sealer, type Sql, type Unit } from '../platform/index.js';
import { ensureMay } from './allow.js';
import { findPartyTaking, insertParty, renamePerson, type NewParty } from './party.sql.js';
import { checkParty, type PartyFacts, type PartyStatement } from './rules/party.js';

export type RegisterParty = PartyStatement & { readonly idempotencyKey?: string | null };

/** Registers a party, with its credit code judged and a person's name and phone sealed (四（五）, G26). */
export function registerParty(scope: RequestScope, input: RegisterParty): Promise<Outcome<{ readonly partyId: string }>> {
  return transaction(scope, unit => registerPartyWithin(unit, input), { operation: 'registerParty', key: input.idempotencyKey ?? null, input });
}

/** The same inside a unit that writes more, such as a row of an import. */
export async function registerPartyWithin(unit: Unit, statement: PartyStatement): Promise<Outcome<{ readonly partyId: string }>> {
  ensureMay(unit.scope.viewer, 'party:write', { jurisdictionCode: statement.jurisdictionCode });
  const checked = checkParty(statement);
  if (isRefusal(checked)) return checked;

  const facts = checked.value;
  const id = await storeParty(unit, facts);
  if (id === null) return taken(unit, facts);
  unit.record({
    action: 'party:write',
    objectType: 'party',
    objectId: id,
    reason: facts.creditCodeVerdict === 'OVERRIDDEN' ? statement.creditCodeOverrideReason : null,
    details: { act: 'register', kind: facts.kind, creditCodeVerdict: facts.creditCodeVerdict },
  });
  return done({ partyId: id });
}

/** Writes a checked party with its personal fields sealed and answers its id; null where its credit code or its source's code is taken. */
export async function storeParty(unit: Unit, facts: PartyFacts): Promise<string | null> {
  const id = newId('party', unit.now);
  return (await insertParty(unit, sealParty(unit.scope.services.sealer, id, facts), unit.now)) ? id : null;
}

/** Gives a person the name that it is registered by anew; false where that is the name it has. */
export async function takeName(unit: Unit, { id, sealedName }: { readonly id: string; readonly sealedName: string }, name: string): Promise<boolean> {
  const { sealer } = unit.scope.services;
  if (sealer.open(sealedName, nameBinding(id)) === name) return false;
  await renamePerson(unit, id, sealer.seal(name, nameBinding(id)), unit.now);
  return true;
}

/** The domain of the blind index over phones. */
export const PHONE_DOMAIN = 'party.phone';

const nameBinding = (id: string) => ({ table: 'party', rowId: id, column: 'sealed_name' });

function sealParty(sealer: Sealer, id: string, { name, phone, ...facts }: PartyFacts): NewParty {
  const isPerson = facts.kind === 'PERSON';
  return {
    ...facts,
    id,
    name: isPerson ? null : name,
    sealedName: isPerson ? sealer.seal(name, nameBinding(id)) : null,
    sealedPhone: phone === null ? null : sealer.seal(phone, { table: 'party', rowId: id, column: 'sealed_phone' }),
    phoneHash: phone === null ? null : sealer.lookupHash(phone, PHONE_DOMAIN),
  };
}

async function taken(sql: Sql, facts: PartyFacts): Promise<Outcome<never>> {
  const other = await findPartyTaking(sql, facts);
  const what = other?.byCreditCode ? { zh: `统一社会信用代码 ${facts.creditCode}`, en: `the credit code ${facts.creditCode}` } : { zh: `来源 ${facts.source} 的编码 ${facts.code}`, en: `the code ${facts.code} of ${facts.source}` };
  return refuse(problem('PARTY_ALREADY_REGISTERED', {
    zh: `${what.zh} 已属主体 ${other?.id ?? '（另一登记）'}`,
    en: `${what.en} belongs to the party ${other?.id ?? 'of another registration'} already`,
    field: other?.byCreditCode ? 'creditCode' : 'code',
    data: { partyId: other?.id ?? null },
  }));
}

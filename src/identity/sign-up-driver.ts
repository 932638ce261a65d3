import { done, isRefusal, problem, reasonProblem, refuse, type Outcome, type Problem } from '../kernel/index.js';
import { newId, transaction, type RequestScope, type Unit } from '../platform/index.js';
import { badInput, notFound } from '../platform/graphql/index.js';
import { endWithin } from './add-membership.js';
import { ensureMay } from './allow.js';
import { endingRights } from './beliefs.js';
import { findMembershipForUpdate, insertMembership } from './membership.sql.js';
import { getParties } from './party-head.js';
import { findPartyTaking, findPersonOfSourceForUpdate, type PartyHead } from './party.sql.js';
import { PHONE_DOMAIN, storeParty, takeName } from './register-party.js';
import { PARTY_KINDS, roleFits } from './rules/party-kinds.js';
import { checkDriver, sourceOfApp, type DriverFacts, type DriverStatement } from './rules/sign-up.js';
import { tellParties, type NoticeDraft } from './tell-parties.js';

export interface SignUpDriver extends Omit<DriverStatement, 'jurisdictionCode'> {
  /** The app that signs up; null: the caller's one app, or none where an authority registers. */
  readonly appId?: string | null;
  readonly jurisdictionCode?: string | null;
  readonly idempotencyKey: string;
}

export interface SignedUp {
  readonly partyId: string;
  /** What lets the app act for the driver; null where an authority registered it and nobody acts for it. */
  readonly membershipId: string | null;
}

/**
 * Makes a driver a party of this platform (3.2-8). The app that signs it up becomes a member of it in the role DRIVER, and
 * so may act for it until either ends that; what the driver agreed to stands in the audit, and the driver is told (4.5-5).
 * A phone that the same app had signed up before is the same party again: whoever leaves takes no debt, and no bound of
 * its bookings, off by coming back. Only an erasure makes it nobody's.
 */
export function signUpDriver(scope: RequestScope, { idempotencyKey, ...input }: SignUpDriver): Promise<Outcome<SignedUp>> {
  return transaction(scope, async unit => {
    const app = await signingApp(unit, input);
    const jurisdictionCode = input.jurisdictionCode ?? app?.jurisdictionCode ?? null;
    if (app === null) ensureMay(scope.viewer, 'driver:sign-up', { jurisdictionCode });
    const checked = checkDriver({ ...input, jurisdictionCode });
    const problems = [...(app ? kindProblems(app) : []), ...(isRefusal(checked) ? checked.problems : [])];
    if (isRefusal(checked) || problems.length > 0) return refuse(problems);

    const facts = { ...checked.value, ...(app ? { source: sourceOfApp(app.id), code: scope.services.sealer.lookupHash(checked.value.phone, PHONE_DOMAIN) } : {}) };
    const found = await partyOf(unit, facts);
    const membershipId = found && app && (await actFor(unit, app, found.id));
    if (!found || (app && !membershipId)) return refuse(known(found?.id ?? (await findPartyTaking(unit, facts))?.id ?? null));
    const { id: partyId, sealedName } = found;
    const back = sealedName === null ? {} : { isBack: true, isRenamed: await takeName(unit, { id: partyId, sealedName }, facts.name) };
    const consentedTo = input.consentedTo.trim();
    unit.record({ action: 'driver:sign-up', objectType: 'party', objectId: partyId, details: { appId: app?.id ?? null, membershipId, consentedTo, ...back } });
    await tellParties(unit, [noticeOf(partyId, app, back)]);
    return done({ partyId, membershipId });
  }, { operation: 'signUpDriver', key: idempotencyKey, input });
}

/** Ends what lets an app act for a driver, at once, and within 5 s on a server that the bus does not reach (G14). Either may; what stands booked or owed stays the driver's. */
export function signOffDriver(scope: RequestScope, { idempotencyKey, ...input }: { readonly membershipId: string; readonly reason?: string | null; readonly idempotencyKey: string }): Promise<Outcome<{ readonly membershipId: string }>> {
  return endingRights(scope, async (unit, ended) => {
    ensureMay(scope.viewer, 'driver:leave');
    const membership = await findMembershipForUpdate(unit, input.membershipId);
    if (membership?.role !== 'DRIVER') throw notFound('membership', input.membershipId);
    const [driver] = await getParties(unit, [membership.partyId]);
    ensureMay(scope.viewer, 'driver:leave', { partyId: [membership.partyId, membership.memberPartyId], jurisdictionCode: driver!.jurisdictionCode }, { what: 'membership', id: membership.id });
    ended.push(membership.partyId);
    const unexplained = input.reason == null ? null : reasonProblem(input.reason);
    if (unexplained) return refuse(unexplained);
    return endWithin(unit, membership, 'driver:leave', input.reason ?? null);
  }, { operation: 'signOffDriver', key: idempotencyKey, input });
}

/** The app of the caller; null for one whose right is of a jurisdiction, which registers and acts for nobody. */
async function signingApp(unit: Unit, { appId = null }: { readonly appId?: string | null }): Promise<PartyHead | null> {
  const { viewer } = unit.scope;
  if (appId !== null) ensureMay(viewer, 'driver:sign-up', { partyId: appId });
  const own = viewer.partyIds.filter(id => viewer.grants.some(grant => grant.action === 'driver:sign-up' && grant.partyId === id));
  if (appId === null && own.length > 1) throw badInput({ zh: `调用方可代表 ${own.length} 个应用，须给出 appId`, en: `the caller speaks for ${own.length} apps: give appId` }, 'input.appId');
  const id = appId ?? own[0];
  return id === undefined ? null : (await getParties(unit, [id]))[0]!;
}

function kindProblems({ kind }: PartyHead): Problem[] {
  if (roleFits('PARTNER_APP', kind)) return [];
  return [problem('ROLE_NOT_OF_KIND', { zh: `${PARTY_KINDS[kind].zh}不能作为合作应用为驾驶人代办`, en: `a party of kind ${kind} is no partner app and cannot act for drivers`, field: 'appId', clause: '1-4' })];
}

function known(partyId: string | null): Problem {
  return problem('DRIVER_SIGNED_UP', { zh: `本应用已为该手机号注册过驾驶人 ${partyId ?? ''}`, en: `this app has signed up a driver with this phone already: ${partyId ?? ''}`, field: 'phone', data: { partyId } });
}

/** The party of a driver, with its name where it is no new one; null where another call takes its place at this moment and is gone again. */
async function partyOf(unit: Unit, facts: DriverFacts): Promise<{ readonly id: string; readonly sealedName: string | null } | null> {
  const known = await findPersonOfSourceForUpdate(unit, facts);
  if (known) return known;
  const id = await storeParty(unit, facts);
  if (id !== null) return { id, sealedName: null };
  // Storing it waited for the call that was first, and what that one wrote can be seen by now.
  return findPersonOfSourceForUpdate(unit, facts);
}

/** Lets the app act for the driver; null where it does already: of two calls at once the constraint takes one. */
async function actFor(unit: Unit, app: PartyHead, partyId: string): Promise<string | null> {
  const id = newId('membership', unit.now);
  if (!(await insertMembership(unit, { id, memberPartyId: app.id, partyId, role: 'DRIVER', jurisdictionCode: null, startsAt: unit.now, endsAt: null }))) return null;
  unit.announce('membership.added', { membershipId: id, memberPartyId: app.id });
  return id;
}

/** Says who did it in the registered name, and nothing that the caller wrote: this goes out by SMS. */
function noticeOf(partyId: string, app: PartyHead | null, { isBack = false, isRenamed = false }: { readonly isBack?: boolean; readonly isRenamed?: boolean }): NoticeDraft {
  const told = { partyId, topic: 'driver.signedUp', subjectKind: 'Party', subjectId: partyId };
  if (app === null) return { ...told, zh: '主管部门已为您注册', en: 'an authority has signed you up' };
  if (!isBack) return { ...told, zh: `“${app.name}”已为您注册，可代您预约与付费，随时可终止`, en: `${app.name} has signed you up and may book and pay for you, until you end it` };
  const name = isRenamed ? { zh: '；登记姓名已更新', en: '; your registered name was replaced' } : { zh: '', en: '' };
  return {
    ...told,
    zh: `“${app.name}”已再次为您注册，可代您预约与付费，随时可终止；此前的预约与欠费照旧${name.zh}`,
    en: `${app.name} has signed you up again and may book and pay for you, until you end it; earlier bookings and debts are yours as before${name.en}`,
  };
}

import { isRefusal, done, problem, refuse, textProblem, type Outcome, type Problem } from '../../kernel/index.js';
import { checkParty, type PartyFacts } from './party.js';

/** What a driver is signed up with, as the caller wrote it: what is needed to be told something, and nothing more (4.5-5). */
export interface DriverStatement {
  readonly name: string;
  readonly phone: string;
  /** The privacy notice, with its version, that the driver agreed to. */
  readonly consentedTo: string;
  readonly jurisdictionCode: string | null;
}

export type DriverFacts = PartyFacts & { readonly phone: string };

const CONSENT_MAXIMUM = 200;

/** Checks what a driver is signed up with, and answers the facts of a person or every problem at once. */
export function checkDriver({ name, phone, consentedTo, jurisdictionCode }: DriverStatement): Outcome<DriverFacts> {
  const checked = checkParty({ kind: 'PERSON', name, phone, jurisdictionCode });
  const problems = [...(isRefusal(checked) ? checked.problems : mobileProblems(checked.value.phone!)), ...consentProblems(consentedTo.trim())];
  if (isRefusal(checked) || problems.length > 0) return refuse(problems);
  return done({ ...checked.value, phone: checked.value.phone! });
}

/** A driver is told by SMS where no app is looked at: that needs a mobile. */
function mobileProblems(phone: string): Problem[] {
  if (phone.startsWith('1')) return [];
  return [problem('PHONE_NOT_MOBILE', { zh: `驾驶人须登记 11 位手机号，收到 ${phone.length} 位固话或 400 号码`, en: `a driver is signed up with an 11 digit mobile; this is another number, of ${phone.length} digits`, field: 'phone' })];
}

function consentProblems(consentedTo: string): Problem[] {
  const told = { field: 'consentedTo', clause: '4.5-5' };
  if (consentedTo === '') return [problem('CONSENT_MISSING', { zh: `须写明驾驶人同意的隐私告知及其版本，1–${CONSENT_MAXIMUM} 字`, en: `name the privacy notice that the driver agreed to, with its version, in 1 to ${CONSENT_MAXIMUM} characters`, ...told })];
  const wrong = textProblem(consentedTo, { zh: '所同意的隐私告知', en: 'the privacy notice that the driver agreed to', minimum: 1, maximum: CONSENT_MAXIMUM, code: 'CONSENT_TOO_LONG', ...told });
  return wrong ? [wrong] : [];
}

/**
 * By which source an app's drivers are known, with the hash of the phone as the code: one app has a phone once. Two apps
 * that sign up one phone have a party each: neither proved that the other's driver is its own. It stays by the party when
 * the app leaves it, so that signing up again finds it, and goes with its erasure.
 */
export function sourceOfApp(appId: string): string {
  return `app:${appId}`;
}

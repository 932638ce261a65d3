import { authenticate, issueApiKey, registerParty, ROLES } from '../../src/identity/index.js';
import { isRefusal, type Outcome } from '../../src/kernel/index.js';
import type { Viewer } from '../../src/platform/index.js';
import type { BookingCity } from './booking-city.js';

/** A driver that an app signed up, as the app acts for it. */
export interface AppDriver {
  readonly partyId: string;
  readonly membershipId: string;
  readonly credential: string;
  readonly viewer: Viewer;
}

/** An app of a city, and the drivers that it signs up. */
export interface App {
  readonly secret: string;
  viewer(): Promise<Viewer>;
  /** Throws where it is refused. */
  signUp(person: { readonly name: string; readonly phone: string }): Promise<AppDriver>;
}

let made = 0;

export async function openApp(city: BookingCity): Promise<App> {
  const { partyId: appId } = must(await registerParty(city.system, { kind: 'ENTERPRISE', name: '泊车小程序', jurisdictionCode: '350500' }));
  const secret = must(await issueApiKey(city.system, { partyId: appId, name: '接口', scopes: [...ROLES.PARTNER_APP.actions] })).secret!;
  const viewer = (): Promise<Viewer> => authenticate(city.services, secret);
  return {
    secret, viewer,
    async signUp(person) {
      const query = 'mutation s($input: SignUpDriverInput!) { signUpDriver(input: $input) { party { id } membership { id } userErrors { code } } }';
      const { signUpDriver } = await city.ask(await viewer(), query, { input: { ...person, consentedTo: '隐私告知 2026-03', idempotencyKey: `app signs up ${++made}` } });
      if (signUpDriver.userErrors.length > 0) throw new Error(JSON.stringify(signUpDriver.userErrors));
      const credential = `${secret}.${signUpDriver.party.id}`;
      return { partyId: signUpDriver.party.id, membershipId: signUpDriver.membership.id, credential, viewer: await authenticate(city.services, credential) };
    },
  };
}

function must<T>(outcome: Outcome<T>): T {
  if (isRefusal(outcome)) throw new Error(JSON.stringify(outcome.problems));
  return outcome.value;
}

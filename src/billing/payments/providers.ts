import { createPrivateKey, createPublicKey } from 'node:crypto';
import type { Configuration, Services } from '../../platform/index.js';
import { LocalProvider } from './local-provider.js';
import type { PaymentProvider, ProviderName } from './provider.js';
import { wechatProvider } from './wechat-provider.js';
import type { WechatAccount } from './wechat-signature.js';

/** Someone waits for the answer of a call: nobody waits longer than this (G15). */
const CALL_MS = 2_500;

const opened = new WeakMap<Services, ReadonlyMap<string, PaymentProvider>>();

/** The providers that this process's configuration opens, by name. */
export function paymentProviders(services: Services): ReadonlyMap<string, PaymentProvider> {
  let providers = opened.get(services);
  if (!providers) opened.set(services, (providers = new Map(openProviders(services).map(provider => [provider.name, provider]))));
  return providers;
}

export function findProvider(services: Services, name: string): PaymentProvider | null {
  return paymentProviders(services).get(name) ?? null;
}

/** The play-money provider of this process; null where none is offered. */
export function findLocalProvider(services: Services): LocalProvider | null {
  const provider = findProvider(services, 'local');
  return provider instanceof LocalProvider ? provider : null;
}

function openProviders(services: Services): readonly PaymentProvider[] {
  const { configuration, clock, log } = services;
  const account = wechatAccount(configuration);
  const wechat = account && wechatProvider({ account, baseUrl: configuration.WECHAT_PAY_URL, timeoutMs: CALL_MS, clock, log }, notifyUrlOf(configuration.PUBLIC_URL ?? '', 'wechat'));
  return [...(wechat ? [wechat] : []), ...(offersPlayMoney(configuration) ? [new LocalProvider(services)] : [])];
}

export function notifyUrlOf(address: string, provider: ProviderName): string {
  return `${address}/payments/${provider}/notifications`;
}

/** Play money is for the embedded mode, for the demo city and for whoever asks for it; never beside real money. */
export function offersPlayMoney({ LOCAL_PAYMENTS, DATABASE_URL, DEMO_CITY, WECHAT_PAY_MERCHANT_ID }: Configuration): boolean {
  if (WECHAT_PAY_MERCHANT_ID !== null) return false;
  return LOCAL_PAYMENTS ?? (DATABASE_URL === null || DEMO_CITY === true);
}

function wechatAccount(configuration: Configuration): WechatAccount | null {
  const { WECHAT_PAY_MERCHANT_ID, WECHAT_PAY_APP_ID, WECHAT_PAY_MERCHANT_SERIAL, WECHAT_PAY_MERCHANT_KEY, WECHAT_PAY_PUBLIC_KEY_ID, WECHAT_PAY_PUBLIC_KEY, WECHAT_PAY_API_KEY } = configuration;
  // All or none of them are set: the configuration refuses half an account.
  if (WECHAT_PAY_MERCHANT_ID === null) return null;
  return {
    merchantId: WECHAT_PAY_MERCHANT_ID,
    appId: WECHAT_PAY_APP_ID!,
    merchantSerial: WECHAT_PAY_MERCHANT_SERIAL!,
    merchantKey: createPrivateKey(WECHAT_PAY_MERCHANT_KEY!),
    publicKeyId: WECHAT_PAY_PUBLIC_KEY_ID!,
    publicKey: createPublicKey(WECHAT_PAY_PUBLIC_KEY!),
    apiV3Key: Buffer.from(WECHAT_PAY_API_KEY!),
  };
}

import { createHmac } from 'node:crypto';
import type { Log, Services } from '../platform/index.js';
import type { NoticeChannel, Sent } from './rules/notice-delivery.js';

/** One notice on one way to its party. */
export interface NoticeMessage {
  /** The same for every try, so that a provider that has it sends it once. */
  readonly deliveryId: string;
  readonly channel: NoticeChannel;
  /** A phone number for SMS; for push the id of the party, under which its apps are registered with the provider. */
  readonly to: string;
  readonly topic: string;
  readonly zh: string;
  readonly en: string;
}

/** Takes notices out of the platform. What it throws counts as a failure that another try can mend. */
export interface NoticeProvider {
  readonly name: string;
  readonly channels: readonly NoticeChannel[];
  send(message: NoticeMessage, signal: AbortSignal): Promise<Sent>;
}

/** The provider of a machine where none is configured: takes everything and sends nothing. Neither the address nor the text reaches the log. */
export function localNoticeProvider(log: Log): NoticeProvider {
  return {
    name: 'local',
    channels: ['PUSH', 'SMS'],
    send({ deliveryId, channel, topic }) {
      log.info({ deliveryId, channel, topic }, 'a notice was taken by the local provider');
      return Promise.resolve({ isTaken: true });
    },
  };
}

/**
 * The city's own gateway to its SMS and push vendors: a POST of JSON with `Chaowei-Signature`, the HMAC-SHA256 of the body
 * in hex. 2xx takes it, 4xx refuses it for good but for 408, 425 and 429, all else is tried again.
 */
export function gatewayNoticeProvider(url: string, secret: string): NoticeProvider {
  return {
    name: 'gateway',
    channels: ['PUSH', 'SMS'],
    async send(message, signal) {
      const body = JSON.stringify(message);
      const signature = createHmac('sha256', secret).update(body).digest('hex');
      const answer = await fetch(url, { method: 'POST', body, signal, redirect: 'error', headers: { 'content-type': 'application/json', 'idempotency-key': message.deliveryId, 'chaowei-signature': signature } });
      await answer.body?.cancel();
      if (answer.ok) return { isTaken: true };
      return { isTaken: false, failure: `HTTP_${answer.status}`, isFinal: answer.status >= 400 && answer.status < 500 && ![408, 425, 429].includes(answer.status) };
    },
  };
}

/** The provider that the configuration names. */
export function noticeProviderOf({ configuration, log }: Services): NoticeProvider {
  const { NOTICE_GATEWAY_URL: url, NOTICE_GATEWAY_SECRET: secret } = configuration;
  return url === null || secret === null ? localNoticeProvider(log) : gatewayNoticeProvider(url, secret);
}

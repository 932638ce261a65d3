import { SealBroken, keptSince, type Services } from '../platform/index.js';
import { countDeliveries, forgetNotices, putDeliveryResults, takeDueDeliveries, type DeliveryResult, type DueDelivery } from './notice.sql.js';
import { noticeProviderOf, type NoticeProvider } from './notice-provider.js';
import { afterTry, waitAfter, type Sent } from './rules/notice-delivery.js';
import { openNotice } from './tell-parties.js';

/** Sent side by side, and taken from the table at one time. */
const MOST_AT_ONCE = 32;
/** So that one turn of the job ends, however much waits: the next begins seconds later. */
const MOST_A_TURN = 3_200;
const SEND_MS = 5_000;
const FORGOTTEN_A_TURN = 5_000;

/**
 * Hands what is due to the provider, at least once each, and answers how many tries were made. One server of all does it
 * at a time. A delivery that fails rests longer each time, and is given up after some eight hours: it then stands as DEAD for the
 * operator to see.
 */
export async function deliverNotices(services: Services, provider: NoticeProvider = noticeProviderOf(services)): Promise<number> {
  const { database, clock } = services;
  let tried = 0;
  for (;;) {
    const now = clock.now();
    const due = await takeDueDeliveries(database, { now, nextTryAt: now + waitAfter(1), channels: provider.channels, most: MOST_AT_ONCE });
    if (due.length > 0) await putDeliveryResults(database, await Promise.all(due.map(each => tryOne(services, provider, each))), clock.now());
    tried += due.length;
    if (due.length < MOST_AT_ONCE || tried >= MOST_A_TURN) return tried;
  }
}

async function tryOne(services: Services, provider: NoticeProvider, due: DueDelivery): Promise<DeliveryResult> {
  const sent = await send(services, provider, due);
  const { noticeId, partyId, channel, tries, topic } = due;
  const after = afterTry(sent, tries, services.clock.now());
  if (after.state === 'DEAD') services.log.warn({ noticeId, channel, topic, tries, failure: after.failure }, 'a notice could not be delivered and was given up');
  return { noticeId, partyId, channel, ...after };
}

/** What goes wrong on the way is a failure without words: an error of a provider may hold the number it was sent to. */
async function send({ sealer }: Services, provider: NoticeProvider, due: DueDelivery): Promise<Sent> {
  const { noticeId, partyId, channel, topic, sealedText, sealedPhone } = due;
  if (channel === 'SMS' && sealedPhone === null) return { isTaken: false, failure: 'NO_ADDRESS', isFinal: true };
  try {
    const to = channel === 'PUSH' ? partyId : sealer.open(sealedPhone!, { table: 'party', rowId: partyId, column: 'sealed_phone' });
    return await provider.send({ deliveryId: `${noticeId}.${channel}`, channel, to, topic, ...openNotice(sealer, { id: noticeId, sealedText }) }, AbortSignal.timeout(SEND_MS));
  } catch (error) {
    return { isTaken: false, failure: error instanceof SealBroken ? 'UNREADABLE' : 'UNREACHABLE', isFinal: false };
  }
}

/** How many deliveries wait and how many were given up, for a gauge. */
export function noticeDeliveries({ database }: Services): Promise<{ readonly pending: number; readonly dead: number }> {
  return countDeliveries(database);
}

/** Forgets notices after their time, a bounded number a turn. */
export function forgetOldNotices({ database, clock }: Services): Promise<number> {
  return forgetNotices(database, keptSince('notices', clock.now()), FORGOTTEN_A_TURN);
}

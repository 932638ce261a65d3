import { done, isRefusal } from '../../kernel/index.js';
import { transaction, type Services, type Unit } from '../../platform/index.js';
import { applyRefund } from './apply-refund.js';
import { setVerdict, takeNotificationRow, type NotificationVerdict } from './notification.sql.js';
import { providerScope } from './provider-scope.js';
import type { Notification, PaymentProvider, ProviderName, RawNotification, Reply } from './provider.js';
import { provePayment } from './prove-payment.js';

/**
 * Takes a notification once, on whichever server it arrives and however often: what it says and that it was taken
 * commit together (P6). What is not the provider's own is refused in the provider's own protocol, and nothing is written.
 */
export async function takeNotification(services: Services, provider: PaymentProvider, raw: RawNotification, traceId: string): Promise<Reply> {
  const reading = provider.readNotification(raw, services.clock.now());
  if (reading.kind !== 'GENUINE') {
    services.log.warn({ traceId, provider: provider.name, verdict: reading.kind, reason: reading.reason }, 'a payment notification was refused');
    return provider.reply(reading.kind);
  }
  const { notification } = reading;
  const scope = providerScope(services, provider.name, traceId);
  const outcome = await transaction(scope, async unit => done(await takeOnce(unit, provider.name, notification))).catch((error: unknown) => {
    services.log.error({ err: error, traceId, provider: provider.name }, 'a payment notification could not be taken');
    return null;
  });
  // A refusal here is a room's that would not have the payment: the money came all the same, so it is told again.
  if (outcome === null || isRefusal(outcome)) {
    if (outcome) services.log.error({ traceId, provider: provider.name, codes: outcome.problems.map(problem => problem.code) }, 'a proved payment was refused');
    return provider.reply('LATER');
  }
  services.log.info({ traceId, provider: provider.name, event: notification.eventType.slice(0, 40), verdict: outcome.value }, 'a payment notification was taken');
  return provider.reply('TAKEN');
}

async function takeOnce(unit: Unit, provider: ProviderName, { id, eventType, subject }: Notification): Promise<NotificationVerdict | 'AGAIN'> {
  const subjectId = subject.kind === 'PAYMENT' ? subject.report.orderNumber : subject.kind === 'REFUND' ? subject.report.refundNumber : null;
  const isFirst = await takeNotificationRow(unit, { provider, id, eventType, subjectId }, unit.now);
  if (!isFirst) return 'AGAIN';
  const verdict = await verdictOf(unit, provider, subject);
  if (verdict !== 'PASSED_OVER') await setVerdict(unit, { provider, id }, verdict);
  return verdict;
}

function verdictOf(unit: Unit, provider: ProviderName, subject: Notification['subject']): Promise<NotificationVerdict> {
  if (subject.kind === 'PAYMENT') return provePayment(unit, provider, subject.report);
  if (subject.kind === 'REFUND') return applyRefund(unit, provider, subject.report);
  return Promise.resolve('PASSED_OVER');
}

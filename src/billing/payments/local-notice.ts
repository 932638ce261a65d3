import { z } from 'zod';
import { isPlausible, type PaymentReport, type Reading, type RefundReport } from './provider.js';

/** What the local provider tells of. */
export type LocalEvent = { readonly kind: 'PAYMENT'; readonly report: PaymentReport } | { readonly kind: 'REFUND'; readonly report: RefundReport };

const fen = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).nullable();
const token = z.string().max(64).regex(/^[\x21-\x7e]+$/);
const reference = token.nullable();
const instant = z.number().int().refine(isPlausible).nullable();

const noticeSchema = z.object({
  id: token,
  eventType: token,
  event: z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('PAYMENT'),
      report: z.object({ orderNumber: token, state: z.enum(['PENDING', 'PAID', 'CLOSED', 'FAILED']), amountFen: fen, currency: token.nullable(), isOurs: z.boolean(), reference, paidAt: instant }),
    }),
    z.object({
      kind: z.literal('REFUND'),
      report: z.object({ refundNumber: token, orderNumber: token, state: z.enum(['PROCESSING', 'SUCCESS', 'CLOSED', 'ABNORMAL']), amountFen: fen, reference, endedAt: instant }),
    }),
  ]),
});

export function noticeEnvelope(id: string, eventType: string, event: LocalEvent): string {
  return JSON.stringify({ id, eventType, event });
}

/** A notice whose signature held, as the local provider writes them. */
export function readLocalNotice(text: string): Reading {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: 'MALFORMED', reason: 'the body is not JSON' };
  }
  const parsed = noticeSchema.safeParse(value);
  if (!parsed.success) return { kind: 'MALFORMED', reason: 'the notice is not as documented' };
  const { id, eventType, event } = parsed.data;
  return { kind: 'GENUINE', notification: { id, eventType, subject: event } };
}

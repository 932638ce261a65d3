import { z } from 'zod';
import { isPlausible } from './provider.js';

// Names and values of the protocol as it is documented. What is not listed is let through unread: fields are added to it.

/** A name or a number of the protocol: visible ASCII, which a database takes as it is. */
const token = (most: number) => z.string().max(most).regex(/^[\x21-\x7e]+$/);
const instant = z.string().transform((text, context) => {
  const at = Date.parse(text);
  if (!isPlausible(at)) context.addIssue({ code: 'custom', message: 'no instant' });
  return at;
});
const fen = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

/** An order, as a query answers it and a notification tells it. */
export const transactionSchema = z.object({
  appid: z.string().optional(),
  mchid: z.string(),
  out_trade_no: token(32),
  transaction_id: token(64).optional(),
  trade_state: z.enum(['SUCCESS', 'REFUND', 'NOTPAY', 'CLOSED', 'REVOKED', 'USERPAYING', 'PAYERROR']),
  success_time: instant.optional(),
  amount: z.object({ total: fen, currency: token(16).optional() }).optional(),
});
export type Transaction = z.output<typeof transactionSchema>;

/** A refund, as its creation and its query answer it. */
export const refundSchema = z.object({
  refund_id: token(64),
  out_refund_no: token(64),
  out_trade_no: token(32),
  status: z.enum(['SUCCESS', 'CLOSED', 'PROCESSING', 'ABNORMAL']),
  success_time: instant.optional(),
  amount: z.object({ refund: fen }),
});

/** The same as a notification tells it: the state has another name there. */
export const refundNoticeSchema = z.object({
  mchid: z.string(),
  refund_id: token(64),
  out_refund_no: token(64),
  out_trade_no: token(32),
  refund_status: z.enum(['SUCCESS', 'CLOSED', 'ABNORMAL']),
  success_time: instant.optional(),
  amount: z.object({ refund: fen }),
});

export const envelopeSchema = z.object({
  id: token(64),
  event_type: token(64),
  resource_type: z.literal('encrypt-resource'),
  resource: z.object({
    algorithm: z.literal('AEAD_AES_256_GCM'),
    ciphertext: z.string().max(1_048_576),
    nonce: z.string().max(16),
    associated_data: z.string().max(16).optional(),
    original_type: z.string().max(32).optional(),
  }),
});

export const codeUrlSchema = z.object({ code_url: token(512) });
export const prepaySchema = z.object({ prepay_id: token(64) });
export const errorSchema = z.object({ code: token(64), message: z.string().max(512).optional() });

/** A JSON text of a shape; null where it is not JSON, or not of it. */
export function parseAs<T extends z.ZodType>(schema: T, text: string): z.output<T> | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const parsed = schema.safeParse(value);
  return parsed.success ? parsed.data : null;
}

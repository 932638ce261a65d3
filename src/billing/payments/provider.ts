/** How a payer pays: by scanning a code (NATIVE), or inside the provider's own application (JSAPI). */
export const PAYMENT_WAYS = ['NATIVE', 'JSAPI'] as const;
export type PaymentWay = (typeof PAYMENT_WAYS)[number];

export const PROVIDER_NAMES = ['local', 'wechat'] as const;
export type ProviderName = (typeof PROVIDER_NAMES)[number];

/** What is asked of a provider. Asked again with the same order number, it must be the same to the letter. */
export interface PaymentOrder {
  /** Our own number; the provider keeps one order of it, however often it is asked. */
  readonly orderNumber: string;
  readonly amountFen: number;
  readonly description: string;
  readonly expiresAt: number;
  readonly way: PaymentWay;
  /** Who pays, by the provider's own name for the person; JSAPI alone needs it. */
  readonly payerOpenId: string | null;
}

/** What the payer's device needs: an address to show as a code, or the parameters of the call that opens the wallet. */
export interface PayInstructions {
  readonly codeUrl: string | null;
  readonly parameters: Readonly<Record<string, string>> | null;
}

/** What a provider says of an order. Amount, currency and merchant are compared with ours before anything is settled. */
export interface PaymentReport {
  readonly orderNumber: string;
  readonly state: 'PENDING' | 'PAID' | 'CLOSED' | 'FAILED';
  readonly amountFen: number | null;
  readonly currency: string | null;
  /** Whether it speaks of our own account. */
  readonly isOurs: boolean;
  readonly reference: string | null;
  readonly paidAt: number | null;
}

export interface RefundOrder {
  /** Our own number; the provider pays one refund of it, however often it is asked. */
  readonly refundNumber: string;
  readonly orderNumber: string;
  /** The provider's own number of the transaction, where the order has several; null where its number says which. */
  readonly reference: string | null;
  readonly amountFen: number;
  readonly totalFen: number;
  readonly reason: string;
}

export interface RefundReport {
  readonly refundNumber: string;
  readonly orderNumber: string;
  readonly state: 'PROCESSING' | 'SUCCESS' | 'CLOSED' | 'ABNORMAL';
  /** Why it was closed, where the provider names it. */
  readonly code?: string;
  readonly amountFen: number | null;
  readonly reference: string | null;
  readonly endedAt: number | null;
}

/**
 * How a call to a provider ended. UNAVAILABLE: nobody knows whether it took effect, so it is asked again with the same
 * number. NOT_FOUND and REFUSED are the provider's own signed word.
 */
export type Answer<T> =
  | { readonly kind: 'DONE'; readonly value: T }
  | { readonly kind: 'NOT_FOUND'; readonly code: string }
  | { readonly kind: 'REFUSED'; readonly code: string; readonly message: string }
  | { readonly kind: 'UNAVAILABLE'; readonly code: string };

/** A notification as it came from the network. */
export interface RawNotification {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** A notification whose signature held. */
export interface Notification {
  /** The provider's own id of it, the same at every repetition. */
  readonly id: string;
  readonly eventType: string;
  readonly subject: { readonly kind: 'PAYMENT'; readonly report: PaymentReport } | { readonly kind: 'REFUND'; readonly report: RefundReport } | { readonly kind: 'OTHER' };
}

/** FORGED: signature, serial or time are not the provider's. MALFORMED: signed, and not to be understood. */
export type Reading = { readonly kind: 'GENUINE'; readonly notification: Notification } | { readonly kind: 'FORGED' | 'MALFORMED'; readonly reason: string };

/** The answer to a notification in the provider's own protocol. */
export interface Reply {
  readonly status: number;
  readonly body: string;
}

/** Whoever moves the money (P6). Every call has a time limit and a typed failure; none throws for what a network does. */
export interface PaymentProvider {
  readonly name: ProviderName;
  readonly ways: readonly PaymentWay[];
  createPayment(order: PaymentOrder): Promise<Answer<PayInstructions>>;
  queryPayment(orderNumber: string): Promise<Answer<PaymentReport>>;
  /** REFUSED with ORDER_PAID where the payer was faster. */
  closePayment(orderNumber: string): Promise<Answer<null>>;
  refund(order: RefundOrder): Promise<Answer<RefundReport>>;
  queryRefund(refundNumber: string): Promise<Answer<RefundReport>>;
  /** Verifies over the raw bytes, before anything of them is parsed. */
  readNotification(raw: RawNotification, now: number): Reading;
  reply(verdict: 'TAKEN' | 'FORGED' | 'MALFORMED' | 'LATER'): Reply;
}

/** The code of a refusal to close what has been paid. */
export const ORDER_PAID = 'ORDER_PAID';

const YEAR_2000 = 946_684_800_000;
const YEAR_2100 = 4_102_444_800_000;

/** Whether an instant that a provider tells can be one: in our century. */
export function isPlausible(at: number): boolean {
  return at >= YEAR_2000 && at < YEAR_2100;
}

import { GraphQLError, type ASTNode } from 'graphql';

/** The closed list of what can be wrong with a caller, a transport or a key. A domain refusal is never one of these. */
export const FAULT_CODES = {
  UNAUTHENTICATED: { status: 401, zh: '未提供有效凭证', en: 'no valid credential was given' },
  FORBIDDEN: { status: 403, zh: '凭证有效，但无此权限', en: 'the credential is valid but lacks this right' },
  NOT_FOUND: { status: 404, zh: '对象不存在，或对调用方不可见', en: 'the object does not exist, or not for this caller' },
  BAD_USER_INPUT: { status: 400, zh: '请求不符合架构或取值范围', en: 'the request does not fit the schema or its ranges' },
  CONFLICT: { status: 409, zh: '幂等键被另一输入使用，或首次请求仍在处理', en: 'the idempotency key has another input, or its first call is still running' },
  RATE_LIMITED: { status: 429, zh: '超过该类调用方的频率上限', en: "over the rate of the caller's class" },
  TOO_COSTLY: { status: 400, zh: '查询超过深度、别名、规模或代价上限', en: 'the query is over a limit of depth, aliases, size or cost' },
  SERVICE_UNAVAILABLE: { status: 503, zh: '依赖服务暂不可用，可稍后重试', en: 'something the service depends on is away: try again later' },
  INTERNAL: { status: 500, zh: '服务内部错误，已按追踪号记录', en: 'our own error, logged under the trace id' },
} as const;

export type FaultCode = keyof typeof FAULT_CODES;

export interface Bilingual {
  readonly zh: string;
  readonly en: string;
}

/** A GraphQL error of the closed list. Its message is chosen by the caller's language where the answer is written. */
export class Fault extends GraphQLError {
  constructor(
    readonly code: FaultCode,
    readonly text: Bilingual,
    private readonly details: Readonly<Record<string, unknown>> = {},
    node?: ASTNode,
  ) {
    super(text.en, { extensions: { ...details, code }, ...(node ? { nodes: node } : {}) });
    this.name = 'Fault';
  }

  /** The same fault with its place in the text of the query. */
  at(node: ASTNode): Fault {
    return new Fault(this.code, this.text, this.details, node);
  }
}

export const unauthenticated = (text: Bilingual = FAULT_CODES.UNAUTHENTICATED): Fault => new Fault('UNAUTHENTICATED', text);

export const forbidden = (action: string): Fault =>
  new Fault('FORBIDDEN', { zh: `需要权限 ${action}`, en: `the right '${action}' is needed` }, { action });

/** What can be asked for and not be there: by an id, and a few things by a name of their own. */
const THINGS = {
  admission: { zh: '车辆登记', en: 'admission' },
  apiKey: { zh: '接口密钥', en: 'API key' },
  charge: { zh: '费用', en: 'charge' },
  city: { zh: '城市', en: 'city' },
  delegation: { zh: '委托', en: 'delegation' },
  facility: { zh: '停车设施', en: 'facility' },
  gateEvent: { zh: '道闸事件', en: 'gate event' },
  gateFinding: { zh: '道闸发现', en: 'finding of a gate' },
  invoice: { zh: '发票', en: 'invoice' },
  jurisdiction: { zh: '行政区', en: 'jurisdiction' },
  keyPlace: { zh: '重点区域', en: 'key place' },
  mapping: { zh: '映射', en: 'mapping' },
  membership: { zh: '成员资格', en: 'membership' },
  party: { zh: '主体', en: 'party' },
  payment: { zh: '支付', en: 'payment' },
  paymentFinding: { zh: '支付不符之处', en: 'payment finding' },
  provider: { zh: '支付平台', en: 'payment provider' },
  receipt: { zh: '收据', en: 'receipt' },
  reservation: { zh: '预约', en: 'reservation' },
  suspension: { zh: '紧急暂停', en: 'suspension' },
  tariff: { zh: '收费标准', en: 'tariff' },
  window: { zh: '共享时段', en: 'sharing window' },
} as const satisfies Record<string, Bilingual>;

export type Thing = keyof typeof THINGS;

/** Something that is not there, or not for this caller: in the same words. Of an id that may be any text the beginning is told. */
export function notFound(what: Thing | Bilingual, id: string): Fault {
  const { zh, en } = typeof what === 'string' ? THINGS[what] : what;
  const told = id.slice(0, 40);
  return new Fault('NOT_FOUND', { zh: `未找到${zh} ${told}`, en: `the ${en} ${told} was not found` }, { id: told });
}

export const badInput = (text: Bilingual, field?: string): Fault => new Fault('BAD_USER_INPUT', text, field ? { field } : {});

export const conflict = (reason: 'KEY_REUSED' | 'IN_PROGRESS', text: Bilingual): Fault => new Fault('CONFLICT', text, { reason });

export const unavailable = (retryAfterMs: number): Fault =>
  new Fault('SERVICE_UNAVAILABLE', FAULT_CODES.SERVICE_UNAVAILABLE, { retryAfterMs });

import type { LimitClass } from '../platform/index.js';

/** A limit that is the same for every caller. */
interface CommonLimit {
  readonly value: number;
  readonly unit: string;
  readonly zh: string;
  readonly en: string;
}

/**
 * Every limit that does not depend on the caller, in one table (trust.md, Limits). /docs prints it, the rules read it.
 * Limits that a caller's class decides stand in CLASS_LIMITS below.
 */
export const LIMITS = {
  tokens: { value: 2_000, unit: '', zh: '查询文本的词法单元', en: 'tokens of a document' },
  depth: { value: 10, unit: '', zh: '字段嵌套深度', en: 'depth of fields' },
  introspectionDepth: { value: 15, unit: '', zh: '内省查询的嵌套深度', en: 'depth of an introspection' },
  aliases: { value: 30, unit: '', zh: '别名与重复字段', en: 'aliases and repeated fields' },
  directives: { value: 10, unit: '', zh: '指令', en: 'directives' },
  fragmentSpreads: { value: 100, unit: '', zh: '片段展开', en: 'fragment spreads' },
  operations: { value: 5, unit: '', zh: '一份文本中的操作', en: 'operations of a document' },
  pageSize: { value: 100, unit: '', zh: '每页条数（默认 20）', en: 'items of a page (20 by default)' },
  nodeIds: { value: 100, unit: '', zh: '`nodes` 一次的标识数', en: 'ids of one `nodes`' },
  nodes: { value: 5_000, unit: '', zh: '一次查询的对象总数（估算）', en: 'objects of one query (estimated)' },
  bodyBytes: { value: 200_000, unit: 'B', zh: 'HTTP 请求体', en: 'body of a request' },
  reportBodyBytes: { value: 1_000_000, unit: 'B', zh: '占用上报方的 HTTP 请求体', en: 'body of a request of who reports occupancy' },
  socketInitBytes: { value: 8_000, unit: 'B', zh: '初始化之前的 WebSocket 消息', en: 'WebSocket message before the init' },
  socketMessageBytes: { value: 64_000, unit: 'B', zh: '初始化之后的 WebSocket 消息', en: 'WebSocket message after the init' },
  subscriptionsPerSocket: { value: 50, unit: '', zh: '每个连接的订阅', en: 'subscriptions of one socket' },
  socketsPerAddress: { value: 100, unit: '', zh: '每个地址的连接', en: 'sockets of one address' },
  socketBurst: { value: 400, unit: '', zh: 'WebSocket 消息突发', en: 'burst of WebSocket messages' },
  socketMessagesPerSecond: { value: 200, unit: '/s', zh: 'WebSocket 消息频率', en: 'WebSocket messages a second' },
  socketQueueBytes: { value: 262_144, unit: 'B', zh: '每个连接待发的实时数据', en: 'live data that waits for one socket' },
  slowReaderMs: { value: 10_000, unit: 'ms', zh: '读取过慢容忍时长，逾时以 1013 断开', en: 'patience with a reader that does not keep up, then 1013' },
  operationIdLength: { value: 255, unit: '', zh: 'WebSocket 操作标识长度', en: "characters of an operation's id" },
  socketInitMs: { value: 5_000, unit: 'ms', zh: 'WebSocket 初始化时限', en: 'time to the init of a socket' },
  heartbeatMs: { value: 10_000, unit: 'ms', zh: '心跳间隔与等待', en: 'heartbeat, and wait for its answer' },
  closeAnswerMs: { value: 2_000, unit: 'ms', zh: '对端应答断开的时限', en: "time for a peer's answer to a close" },
  rightsCheckMs: { value: 2_500, unit: 'ms', zh: '连接权限复核间隔', en: "re-check of a socket's rights" },
  requestMs: { value: 5_000, unit: 'ms', zh: '一次请求的时限', en: 'time of a request' },
  statementMs: { value: 2_000, unit: 'ms', zh: '一条语句的时限', en: 'time of a statement' },
  acquireMs: { value: 1_000, unit: 'ms', zh: '取得数据库连接的时限', en: 'wait for a database connection' },
  headersMs: { value: 10_000, unit: 'ms', zh: '请求头时限', en: 'time for the headers' },
  bodyMs: { value: 20_000, unit: 'ms', zh: '请求体时限', en: 'time for the body' },
  readinessMs: { value: 1_000, unit: 'ms', zh: '就绪检查时限', en: 'time of the readiness check' },
} as const satisfies Readonly<Record<string, CommonLimit>>;

/** What a class of callers may ask: points of cost in one query, and in a minute. */
export interface ClassLimits {
  readonly queryCost: number;
  readonly nodes: number;
  /** null: not counted, so that a bench measures the work and not the counter. */
  readonly pointsPerMinute: number | null;
  /** Open sockets of one key. */
  readonly sockets: number;
  readonly zh: string;
  readonly en: string;
}

export const CLASS_LIMITS: Readonly<Record<LimitClass, ClassLimits>> = {
  ANONYMOUS: { queryCost: 1_000, nodes: LIMITS.nodes.value, pointsPerMinute: 2_000, sockets: 20, zh: '匿名', en: 'anonymous' },
  KEY: { queryCost: 1_000, nodes: LIMITS.nodes.value, pointsPerMinute: 20_000, sockets: 20, zh: '密钥', en: 'key' },
  OPERATOR: { queryCost: 1_000, nodes: LIMITS.nodes.value, pointsPerMinute: 100_000, sockets: 20, zh: '运营企业', en: 'operator' },
  AUTHORITY: { queryCost: 1_000, nodes: LIMITS.nodes.value, pointsPerMinute: 100_000, sockets: 20, zh: '主管部门', en: 'authority' },
  BENCH: { queryCost: 1_000, nodes: LIMITS.nodes.value, pointsPerMinute: null, sockets: Number.MAX_SAFE_INTEGER, zh: '压测', en: 'bench' },
};

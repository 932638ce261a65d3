import { createPrivateKey, createPublicKey } from 'node:crypto';
import { z } from 'zod';
import { redisAddressOf } from './redis-address.js';

const boolean = z.enum(['true', 'false', '1', '0'], '须为 true 或 false，或 1 或 0 / must be true or false, or 1 or 0').transform(text => text === 'true' || text === '1');
const list = z.string().transform(text => text.split(',').map(part => part.trim()).filter(part => part !== ''));
/** A whole number as it is typed: not a blank, which would count as 0, nor 1e3. */
const whole = (least: number, most: number) =>
  z.string().refine(text => /^\d{1,10}$/.test(text) && Number(text) >= least && Number(text) <= most, `须为 ${least} 至 ${most} 的整数 / must be a whole number from ${least} to ${most}`).transform(Number);
/** The origin of a page, or of an app that is one, as capacitor://localhost. */
const isOrigin = (text: string): boolean => {
  if (!URL.canParse(text)) return false;
  const { protocol, host } = new URL(text);
  return host !== '' && `${protocol}//${host}` === text;
};
const origin = z.string().refine(isOrigin, '须为浏览器所发的来源，如 https://city.example，小写，不带路径与末尾斜杠 / must be origins as browsers send them: https://city.example, in small letters, without a path or a slash at the end');
/** What the driver can take apart: a host and a database, and no % but before two digits. */
const isPostgresUrl = (text: string): boolean => {
  if (!URL.canParse(text)) return false;
  const { protocol, host, pathname, username, password, searchParams } = new URL(text);
  return /^postgres(ql)?:$/.test(protocol) && (host !== '' || searchParams.has('host')) && pathname.length > 1 && [pathname, username, password].every(part => !/%(?![0-9A-Fa-f]{2})/.test(part));
};
const postgresUrl = z.string().refine(isPostgresUrl, '须为 postgres://用户:密码@主机:5432/数据库；用户名与密码中的 % 写作 %25，@ 写作 %40，/ 写作 %2F，# 写作 %23 / must be postgres://user:password@host:5432/database; in names and passwords write % as %25, @ as %40, / as %2F and # as %23');
const key256 = z.string().refine(text => Buffer.from(text, 'base64').length === 32, '须为 32 字节的 base64（openssl rand -base64 32） / must be 32 bytes in base64 (openssl rand -base64 32)');

const sealingKeys = list.pipe(
  z.array(z.string().regex(/^[a-z0-9-]{1,16}:.+$/, '须为 id:base64，id 由 a-z、0-9 和 - 组成 / must be id:base64, the id of a-z, 0-9 and -')
    .transform(entry => ({ id: entry.slice(0, entry.indexOf(':')), key: entry.slice(entry.indexOf(':') + 1) }))
    .refine(entry => Buffer.from(entry.key, 'base64').length === 32, '每把密钥须为 32 字节的 base64（openssl rand -base64 32） / each key must be 32 bytes in base64 (openssl rand -base64 32)'),
  ).min(1, '须至少有一个 id:base64 / must have at least one id:base64').refine(entries => new Set(entries.map(entry => entry.id)).size === entries.length, '每个 id 只能出现一次：密文以它指明密钥 / must have each id once: what was sealed names its key by it'),
);

/** A key as text: a PEM with its line breaks, with \n written out for them, or the whole of it in base64. */
const pem = (read: (text: string) => unknown, kind: { readonly zh: string; readonly en: string }) =>
  z.string().transform(text => (text.includes('-----BEGIN') ? text : Buffer.from(text, 'base64').toString('utf8')).replaceAll('\\n', '\n')).refine(text => {
    try {
      read(text);
      return true;
    } catch {
      // What is wrong with it is not told: the message of the library may quote the key.
      return false;
    }
  }, `须为${kind.zh}的 PEM，或其 base64 / must be ${kind.en} in PEM, or that in base64`);
const ADDRESS = { protocol: /^https?$/, error: '须为 https:// 或 http:// 开头的网址 / must be an address that begins with https:// or http://' } as const;
const url = z.url(ADDRESS).transform(text => text.replace(/\/+$/, ''));

/** Every variable there is. The README's table is checked against this object by a test. */
export const VARIABLES = {
  PORT: { schema: whole(0, 65_535), fallback: '4000', zh: '监听端口；0 为任取', en: 'port to listen on; 0 takes any' },
  HOST: { schema: z.string().min(1), fallback: '127.0.0.1', zh: '监听地址', en: 'address to listen on' },
  DATABASE_URL: { schema: postgresUrl, fallback: undefined, zh: 'PostgreSQL 15+ 与 PostGIS；不设则用内嵌数据库', en: 'PostgreSQL 15 or later with PostGIS; unset means the embedded database' },
  DATABASE_REPLICA_URLS: { schema: list.pipe(z.array(postgresUrl)), fallback: '', zh: '只读副本，逗号分隔', en: 'read replicas, separated by commas' },
  DATABASE_POOL: { schema: whole(2, 200), fallback: '10', zh: '连接池大小', en: 'connections in the pool' },
  REDIS_URL: { schema: z.string().refine(text => redisAddressOf(text) !== null, '须为 redis://主机、redis+cluster://主机,主机 或 redis+sentinel://主机,主机/名称；TLS 用 rediss / must be redis://host, redis+cluster://host,host or redis+sentinel://host,host/name; rediss for TLS'), fallback: undefined, zh: 'Redis 或 Valkey，单机、集群（redis+cluster://a,b）或哨兵（redis+sentinel://a,b/name）；不设则用进程内总线', en: 'Redis or Valkey: one server, a cluster (redis+cluster://a,b) or sentinels (redis+sentinel://a,b/name); unset means the in-process bus' },
  DATA_FOLDER: { schema: z.string().min(1), fallback: 'data', zh: '内嵌数据库与本地密钥所在目录', en: 'folder of the embedded database and of the local keys' },
  DEMO_CITY: { schema: boolean, fallback: undefined, zh: '启动时是否载入演示城市；内嵌模式默认载入', en: 'load the demo city at start; the embedded mode does by default' },
  DEMO_SEED: { schema: whole(0, 2_147_483_647), fallback: '2022', zh: '演示城市的随机种子', en: 'seed of the demo city' },
  SEALING_KEYS: { schema: sealingKeys, fallback: undefined, zh: '个人信息加密密钥 id:base64，逗号分隔，第一把用于加密', en: 'keys that seal personal fields, id:base64, separated by commas; the first one seals' },
  LOOKUP_KEY: { schema: key256, fallback: undefined, zh: '盲索引密钥（base64，32 字节）', en: 'key of the blind index (base64, 32 bytes)' },
  JWT_JWKS_URL: { schema: z.url(ADDRESS), fallback: undefined, zh: '身份提供方的 JWKS 地址', en: "the identity provider's JWKS" },
  JWT_SECRET: { schema: z.string().min(32, '须至少有 32 个字符 / must have at least 32 characters'), fallback: undefined, zh: 'HS256 共享密钥（与 JWKS 二选一）', en: 'shared secret for HS256 (instead of JWKS)' },
  JWT_ISSUER: { schema: z.string().min(1), fallback: undefined, zh: '令牌签发者', en: 'required issuer of tokens' },
  JWT_AUDIENCE: { schema: z.string().min(1), fallback: 'chaowei', zh: '令牌受众', en: 'required audience of tokens' },
  ALLOWED_ORIGINS: { schema: list.pipe(z.array(origin)), fallback: '', zh: '允许的网页来源，逗号分隔；同源总是允许', en: 'browser origins allowed, separated by commas; the same origin always is' },
  TRUST_PROXY: { schema: boolean, fallback: 'false', zh: '是否采信 X-Forwarded-For', en: 'believe X-Forwarded-For' },
  REPORTS_A_TRANSACTION: { schema: whole(1, 2_000), fallback: '2000', zh: '一个事务最多合并写入的上报条数；1 为每次调用各自一个事务', en: 'most reports that calls arriving together write in one transaction; 1 gives every call its own' },
  CHAOWEI_KEY: { schema: z.string().min(1), fallback: undefined, zh: '命令行上报所用的接口密钥', en: 'API key with which commands report' },
  NOTICE_GATEWAY_URL: { schema: z.url(ADDRESS), fallback: undefined, zh: '短信与推送网关地址；不设则只经接口告知', en: 'gateway for SMS and push; unset tells parties through the API alone' },
  NOTICE_GATEWAY_SECRET: { schema: z.string().min(32, '须至少有 32 个字符 / must have at least 32 characters'), fallback: undefined, zh: '对网关请求签名的密钥', en: 'secret that signs what goes to the gateway' },
  PUBLIC_URL: { schema: url, fallback: undefined, zh: '对外网址，支付平台的通知送到这里', en: 'address of the service from outside; payment notifications come to it' },
  LOCAL_PAYMENTS: { schema: boolean, fallback: undefined, zh: '是否提供模拟支付（不动真钱）；内嵌模式与演示城市默认提供', en: 'offer play-money payments; the embedded mode and the demo city do by default' },
  WECHAT_PAY_MERCHANT_ID: { schema: z.string().regex(/^\d{8,12}$/, '须为 8 至 12 位数字 / must have 8 to 12 digits'), fallback: undefined, zh: '微信支付商户号；以下六项须同时设置', en: 'WeChat Pay merchant number; the six below go with it' },
  WECHAT_PAY_APP_ID: { schema: z.string().regex(/^[0-9A-Za-z]{8,32}$/, '须为 8 至 32 位字母与数字 / must have 8 to 32 letters and digits'), fallback: undefined, zh: '与商户号绑定的 AppID', en: 'the AppID bound to the merchant' },
  WECHAT_PAY_MERCHANT_SERIAL: { schema: z.string().regex(/^[0-9A-Fa-f]{16,64}$/, '须为十六进制，16 至 64 位 / must be hexadecimal, of 16 to 64 digits'), fallback: undefined, zh: '商户 API 证书序列号', en: "serial of the merchant's API certificate" },
  WECHAT_PAY_MERCHANT_KEY: { schema: pem(createPrivateKey, { zh: '私钥', en: 'a private key' }), fallback: undefined, zh: '商户 API 私钥（PEM 或其 base64）', en: "the merchant's private key (PEM, or that in base64)" },
  WECHAT_PAY_PUBLIC_KEY_ID: { schema: z.string().regex(/^PUB_KEY_ID_\d{16,64}$/, '须为 PUB_KEY_ID_ 加数字 / must be PUB_KEY_ID_ and digits'), fallback: undefined, zh: '微信支付公钥 ID', en: 'id of the WeChat Pay public key' },
  WECHAT_PAY_PUBLIC_KEY: { schema: pem(createPublicKey, { zh: '公钥', en: 'a public key' }), fallback: undefined, zh: '微信支付公钥（PEM 或其 base64）', en: 'the WeChat Pay public key (PEM, or that in base64)' },
  WECHAT_PAY_API_KEY: { schema: z.string().refine(text => Buffer.byteLength(text) === 32, '须为 32 字节 / must be 32 bytes'), fallback: undefined, zh: 'APIv3 密钥（32 字节），用于解密通知', en: 'APIv3 key (32 bytes), opens notifications' },
  WECHAT_PAY_URL: { schema: url, fallback: 'https://api.mch.weixin.qq.com', zh: '微信支付接口地址', en: 'address of the WeChat Pay API' },
  LOG_LEVEL: { schema: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent'], '须为 fatal、error、warn、info、debug 或 silent / must be fatal, error, warn, info, debug or silent'), fallback: 'info', zh: '日志级别', en: 'log level' },
  STOP_SECONDS: { schema: whole(0, 120), fallback: '8', zh: '停机时等待在途请求的秒数', en: 'seconds to let requests in flight finish at a stop' },
} as const satisfies Record<string, { schema: z.ZodType; fallback: string | undefined; zh: string; en: string }>;

type Name = keyof typeof VARIABLES;
type Values = { readonly [N in Name]: (typeof VARIABLES)[N]['fallback'] extends string ? z.output<(typeof VARIABLES)[N]['schema']> : z.output<(typeof VARIABLES)[N]['schema']> | null };

/** The configuration, read once at the start and never again. */
export type Configuration = Values;

/** All that is wrong with the environment, in one error whose message says how to mend each. */
export class ConfigurationError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`配置有 ${problems.length} 处问题 / The configuration has ${problems.length} problem(s):\n${problems.map(line => `  - ${line}`).join('\n')}`);
    this.name = 'ConfigurationError';
  }
}

/** Reads and checks every variable; throws one ConfigurationError naming all problems at once. */
export function readConfiguration(environment: Readonly<Record<string, string | undefined>>): Configuration {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const name of Object.keys(VARIABLES) as Name[]) {
    const { schema, fallback } = VARIABLES[name];
    const text = environment[name] === undefined || environment[name] === '' ? fallback : environment[name];
    if (text === undefined) {
      values[name] = null;
      continue;
    }
    const parsed = schema.safeParse(text);
    if (parsed.success) values[name] = parsed.data;
    else problems.push(`${name} ${[...new Set(parsed.error.issues.map(issue => issue.message))].join('; ')}`);
  }
  problems.push(...contradictions(values));
  if (problems.length > 0) throw new ConfigurationError(problems);
  return values as unknown as Configuration;
}

function contradictions(values: Record<string, unknown>): string[] {
  const found: string[] = [];
  if (values.JWT_SECRET && values.JWT_JWKS_URL) found.push('JWT_SECRET 与 JWT_JWKS_URL 不能并存，请保留其一 / JWT_SECRET and JWT_JWKS_URL exclude each other: keep one');
  if ((values.JWT_SECRET || values.JWT_JWKS_URL) && !values.JWT_ISSUER) found.push('JWT_ISSUER 须与 JWT_SECRET 或 JWT_JWKS_URL 一并设置 / JWT_ISSUER is needed with JWT_SECRET or JWT_JWKS_URL');
  if (values.DATABASE_URL && !values.SEALING_KEYS) found.push('SEALING_KEYS 须与 DATABASE_URL 一并设置：可设为 main:$(openssl rand -base64 32)，并妥善保管 / SEALING_KEYS is needed with DATABASE_URL: set it to main:$(openssl rand -base64 32) and keep it safe');
  if (values.DATABASE_URL && !values.LOOKUP_KEY) found.push('LOOKUP_KEY 须与 DATABASE_URL 一并设置：可设为 $(openssl rand -base64 32)，并妥善保管 / LOOKUP_KEY is needed with DATABASE_URL: set it to $(openssl rand -base64 32) and keep it safe');
  if (!values.NOTICE_GATEWAY_URL !== !values.NOTICE_GATEWAY_SECRET) found.push('NOTICE_GATEWAY_URL 与 NOTICE_GATEWAY_SECRET 须同时设置或都不设置 / NOTICE_GATEWAY_URL and NOTICE_GATEWAY_SECRET go together: set both or neither');
  if (Array.isArray(values.DATABASE_REPLICA_URLS) && values.DATABASE_REPLICA_URLS.length > 0 && !values.DATABASE_URL) {
    found.push('DATABASE_REPLICA_URLS 须有 DATABASE_URL / DATABASE_REPLICA_URLS needs DATABASE_URL');
  }
  found.push(...paymentContradictions(values));
  return found;
}

const WECHAT_PAY = ['WECHAT_PAY_MERCHANT_ID', 'WECHAT_PAY_APP_ID', 'WECHAT_PAY_MERCHANT_SERIAL', 'WECHAT_PAY_MERCHANT_KEY', 'WECHAT_PAY_PUBLIC_KEY_ID', 'WECHAT_PAY_PUBLIC_KEY', 'WECHAT_PAY_API_KEY'] as const;

/** Half an account takes no money, and play money stands beside no real one. */
function paymentContradictions(values: Record<string, unknown>): string[] {
  const [given, missing] = [WECHAT_PAY.filter(name => values[name]), WECHAT_PAY.filter(name => !values[name])];
  if (given.length === 0) return [];
  return [
    ...(missing.length > 0 ? [`${missing.join(', ')} 须与 ${given[0]} 一并设置 / ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} needed with ${given[0]}`] : []),
    ...(values.PUBLIC_URL ? [] : ['PUBLIC_URL 须与 WECHAT_PAY_MERCHANT_ID 一并设置：支付通知送到这里 / PUBLIC_URL is needed with WECHAT_PAY_MERCHANT_ID: notifications of payments come to it']),
    ...(values.LOCAL_PAYMENTS ? ['LOCAL_PAYMENTS 与 WECHAT_PAY_MERCHANT_ID 不能并存，请保留其一 / LOCAL_PAYMENTS and WECHAT_PAY_MERCHANT_ID exclude each other: keep one'] : []),
  ];
}

import { randomBytes } from 'node:crypto';
import { isRefusal, problem, refuse, type Outcome } from '../../kernel/index.js';
import { findCityOf } from '../../facilities/index.js';
import { RequestScope, type LimitClass, type Services } from '../../platform/index.js';
import { DEPARTMENTS, PARTY_KINDS, REACHES, ROLES, addMembership, changeKeyLimits, issueApiKey, registerParty, revokeApiKey, rotateApiKey, systemViewer, type Department, type IssuedKey, type KeyLimitClass, type PartyKind, type Role } from '../../identity/index.js';
import { CLASS_LIMITS } from '../limits.js';
import { Misuse, type Command, type CommandContext } from './command.js';

const CLASSES = (Object.keys(CLASS_LIMITS) as LimitClass[]).filter((name): name is KeyLimitClass => name !== 'ANONYMOUS');

/** The command acts as the platform itself; its name and the trace id stand in the audit. */
function scopeOf(services: Services): RequestScope {
  return new RequestScope(services, systemViewer, 'zh', `cli-${randomBytes(12).toString('hex')}`);
}

function told<T>(context: CommandContext, outcome: Outcome<T>, lines: (value: T) => readonly string[]): number {
  if (isRefusal(outcome)) {
    for (const { code, zh, en } of outcome.problems) context.complain(`${code}: ${zh} / ${en}`);
    return 1;
  }
  lines(outcome.value).forEach(context.write);
  return 0;
}

function classOf(text: string): KeyLimitClass {
  const found = CLASSES.find(name => name === text.toUpperCase());
  if (!found) throw new Misuse(`没有频率类别“${text}”，只有 ${CLASSES.join('、')} / '${text}' is no class of limits; there are ${CLASSES.join(', ')}`);
  return found;
}

const KINDS = Object.keys(PARTY_KINDS) as PartyKind[];
const DEPARTMENT_NAMES = Object.keys(DEPARTMENTS) as Department[];
const ROLE_NAMES = Object.keys(ROLES) as Role[];

function oneOf<T extends string>(known: readonly T[], text: string, flag: string): T {
  const found = known.find(name => name === text.toUpperCase());
  if (!found) throw new Misuse(`--${flag} 没有“${text}”，只有 ${known.join('、')} / '${text}' is no ${flag}; there are ${known.join(', ')}`);
  return found;
}

function needed(flags: Readonly<Record<string, string | boolean | undefined>>, name: string): string {
  const value = flags[name];
  if (typeof value !== 'string' || value === '') throw new Misuse(`须有 --${name} / --${name} is needed`);
  return value;
}

const optional = (value: string | boolean | undefined): string | null => (typeof value === 'string' ? value : null);

function wholeNumber(flag: string, text: string, least: number, most: number): number {
  if (!/^\d{1,4}$/.test(text) || Number(text) < least || Number(text) > most) throw new Misuse(`--${flag} 须为 ${least} 至 ${most} 的整数，收到 ${text} / --${flag} is ${least} to ${most}, got ${text}`);
  return Number(text);
}

const issued = ({ keyId, secret }: IssuedKey): readonly string[] => [`key     ${keyId}`, `secret  ${secret ?? '—'}`, '密钥只显示这一次。The secret is shown this once.'];

const unknownJurisdiction = (code: string): Outcome<never> => refuse(problem('JURISDICTION_UNKNOWN', { zh: `没有编码为 ${code} 的行政区：请先导入行政区`, en: `there is no jurisdiction with the code ${code}: import the jurisdictions first`, field: 'jurisdiction' }));

/** A party, a right or a key does not know of divisions; whoever types a code here means one that there is. */
const isUnknown = async (services: Services, code: string | null): Promise<boolean> => code !== null && (await findCityOf(services.database, code)) === null;

const partyAdd: Command = {
  name: 'party add',
  usage: `party add NAME --kind ${KINDS.join('|')} [--department ${DEPARTMENT_NAMES.join('|')}] [--credit-code CODE] [--jurisdiction CODE] [--source SOURCE --code CODE]`,
  summary: '登记主体；主管部门（AUTHORITY）须写 --department registers a party; an AUTHORITY, and nobody else, has a --department',
  options: { kind: { type: 'string' }, 'credit-code': { type: 'string' }, jurisdiction: { type: 'string' }, department: { type: 'string' }, source: { type: 'string' }, code: { type: 'string' } },
  words: 1,
  async run(context, [name], flags) {
    const kind = oneOf(KINDS, needed(flags, 'kind'), 'kind');
    const department = optional(flags.department);
    const statement = { name: name!, kind, department: department === null ? null : oneOf(DEPARTMENT_NAMES, department, 'department') };
    const jurisdictionCode = optional(flags.jurisdiction);
    const services = await context.services();
    if (await isUnknown(services, jurisdictionCode)) return told(context, unknownJurisdiction(jurisdictionCode!), () => []);
    const outcome = await registerParty(scopeOf(services), {
      ...statement,
      creditCode: optional(flags['credit-code']),
      jurisdictionCode,
      source: optional(flags.source),
      code: optional(flags.code),
    });
    return told(context, outcome, ({ partyId }) => [`party   ${partyId}`]);
  },
};

const membershipAdd: Command = {
  name: 'membership add',
  usage: `membership add --member ID --party ID --role ${ROLE_NAMES.join('|')} [--jurisdiction CODE]`,
  summary: '授予成员角色；首位管理员由此产生 gives a party a role in another; the first administrator comes into being by it',
  options: { member: { type: 'string' }, party: { type: 'string' }, role: { type: 'string' }, jurisdiction: { type: 'string' } },
  words: 0,
  async run(context, _words, flags) {
    const [memberId, partyId, role] = [needed(flags, 'member'), needed(flags, 'party'), oneOf(ROLE_NAMES, needed(flags, 'role'), 'role')];
    const jurisdictionCode = optional(flags.jurisdiction);
    const services = await context.services();
    if (await isUnknown(services, jurisdictionCode)) return told(context, unknownJurisdiction(jurisdictionCode!), () => []);
    return told(context, await addMembership(scopeOf(services), { memberId, partyId, role, jurisdictionCode }), ({ membershipId }) => [`membership ${membershipId}`]);
  },
};

const keyIssue: Command = {
  name: 'key issue',
  usage: `key issue PARTY --scopes ACTION,… [--reach ${REACHES.join('|')}] [--jurisdiction CODE] [--class key|operator|authority|bench] [--name NAME] [--days DAYS]`,
  summary: '签发接口密钥；--reach 为 JURISDICTION 时须写 --jurisdiction issues an API key to a party; the reach JURISDICTION, and no other, has a --jurisdiction',
  options: { scopes: { type: 'string' }, reach: { type: 'string' }, jurisdiction: { type: 'string' }, class: { type: 'string' }, name: { type: 'string' }, days: { type: 'string' } },
  words: 1,
  async run(context, [partyId], flags) {
    const scopes = needed(flags, 'scopes').split(',').map(scope => scope.trim()).filter(scope => scope !== '');
    const limitClass = classOf(optional(flags.class) ?? 'KEY');
    const days = wholeNumber('days', optional(flags.days) ?? '365', 1, 731);
    const reach = oneOf(REACHES, optional(flags.reach) ?? 'PARTY', 'reach');
    const jurisdictionCode = optional(flags.jurisdiction);
    const services = await context.services();
    if (await isUnknown(services, jurisdictionCode)) return told(context, unknownJurisdiction(jurisdictionCode!), () => []);
    const expiresAt = services.clock.now() + days * 86_400_000;
    return told(context, await issueApiKey(scopeOf(services), { partyId: partyId!, name: optional(flags.name) ?? 'command', scopes, reach, jurisdictionCode, limitClass, expiresAt }), issued);
  },
};

const keyRotate: Command = {
  name: 'key rotate',
  usage: 'key rotate KEY [--overlap-hours HOURS]',
  summary: '轮换密钥，旧密钥在并存期后失效 replaces a key; the old one ends after the overlap',
  options: { 'overlap-hours': { type: 'string' } },
  words: 1,
  async run(context, [keyId], flags) {
    const hours = optional(flags['overlap-hours']);
    const overlapHours = hours === null ? null : wholeNumber('overlap-hours', hours, 0, 720);
    return told(context, await rotateApiKey(scopeOf(await context.services()), { keyId: keyId!, overlapHours }), issued);
  },
};

const keyRevoke: Command = {
  name: 'key revoke',
  usage: 'key revoke KEY --reason REASON',
  summary: '吊销密钥，立即生效，至迟 5 秒 revokes a key, at once and within 5 s at the latest',
  options: { reason: { type: 'string' } },
  words: 1,
  async run(context, [keyId], flags) {
    const reason = needed(flags, 'reason');
    return told(context, await revokeApiKey(scopeOf(await context.services()), { keyId: keyId!, reason }), value => [`revoked ${value.keyId}`]);
  },
};

const limitsSet: Command = {
  name: 'limits set',
  usage: 'limits set KEY CLASS',
  summary: '更改密钥的限额类别 puts a key into another class of limits',
  options: {},
  words: 2,
  async run(context, [keyId, text]) {
    const limitClass = classOf(text!);
    return told(context, await changeKeyLimits(scopeOf(await context.services()), { keyId: keyId!, limitClass }), value => [`${value.keyId} ${limitClass}`]);
  },
};

export const keyCommands: readonly Command[] = [partyAdd, membershipAdd, keyIssue, keyRotate, keyRevoke, limitsSet];

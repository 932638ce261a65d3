import { quotaOf, SPACE_CLASSES, WINDOW_MODES, WINDOW_STATUSES, type Audience, type ExceptionEffect, type Quota, type WindowException, type WindowTerms } from './window.js';

/** The stored form of terms: JSON-safe, epoch days and minutes, no zero or empty member; `v` tells later readers its shape. */
export interface StoredTerms {
  readonly v: 1;
  readonly [member: string]: unknown;
}

/** Terms as they are stored; what is absent, zero or empty is left out. */
export function encodeTerms(terms: WindowTerms): StoredTerms {
  const { quota, exceptions, leastCredit, tariffId, entryCurfews, exitCurfews, releasePlan, validUntil, ...rest } = terms;
  return {
    v: 1,
    ...rest,
    quota: compactQuota(quota),
    ...(exceptions.length > 0 ? { exceptions: exceptions.map(encodeException) } : {}),
    ...(leastCredit === null ? {} : { leastCredit }),
    ...(tariffId === null ? {} : { tariffId }),
    ...(entryCurfews.length > 0 ? { entryCurfews } : {}),
    ...(exitCurfews.length > 0 ? { exitCurfews } : {}),
    ...(releasePlan === null ? {} : { releasePlan }),
    ...(validUntil === null ? {} : { validUntil }),
  };
}

/** Reads stored terms back. What it cannot read is damage, not input, so it throws naming the member. */
export function decodeTerms(json: unknown): WindowTerms {
  const stored = json as Partial<WindowTerms> & { v?: unknown };
  if (typeof json !== 'object' || json === null || stored.v !== 1) throw new TypeError('Stored terms are not of version 1.');
  const { name, mode, rules, quota, audience, validFrom, status } = stored;
  return {
    name: member('name', name, typeof name === 'string'),
    mode: member('mode', mode, WINDOW_MODES.includes(mode!)),
    rules: member('rules', rules, Array.isArray(rules)),
    exceptions: ((stored.exceptions ?? []) as readonly WindowException[]).map(decodeException),
    quota: decodeQuota(quota),
    audience: member<Audience>('audience', audience, typeof audience?.kind === 'string'),
    leastCredit: stored.leastCredit ?? null,
    tariffId: stored.tariffId ?? null,
    entryCurfews: stored.entryCurfews ?? [],
    exitCurfews: stored.exitCurfews ?? [],
    releasePlan: stored.releasePlan ?? null,
    validFrom: member('validFrom', validFrom, Number.isSafeInteger(validFrom)),
    validUntil: stored.validUntil ?? null,
    status: member('status', status, WINDOW_STATUSES.includes(status!)),
  };
}

function member<T>(name: string, value: T | undefined, fits: boolean): T {
  if (fits && value !== undefined) return value;
  throw new TypeError(`Stored terms have no readable '${name}'.`);
}

function compactQuota(quota: Quota): Partial<Quota> {
  return Object.fromEntries(SPACE_CLASSES.filter(each => quota[each] !== 0).map(each => [each, quota[each]]));
}

function decodeQuota(quota: Partial<Quota> | undefined): Quota {
  return quotaOf(member('quota', quota, typeof quota === 'object' && quota !== null));
}

function encodeException(exception: WindowException): unknown {
  const { effect } = exception;
  return effect.kind === 'QUOTA' ? { ...exception, effect: { kind: 'QUOTA', quota: compactQuota(effect.quota) } } : exception;
}

function decodeException(exception: WindowException): WindowException {
  const { effect } = exception;
  const read: ExceptionEffect = effect.kind === 'QUOTA' ? { kind: 'QUOTA', quota: decodeQuota(effect.quota) } : effect;
  return { ...exception, effect: read };
}

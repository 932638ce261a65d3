import { fromUUIDBytes } from 'typeid-js';
import { drawBytes } from './random-bytes.js';

/** Every prefix there is; an id says by itself what it names. */
export const ID_PREFIXES = {
  admission: 'adm',
  agency: 'agy',
  apiKey: 'key',
  auditEntry: 'aud',
  bookingTerms: 'bkt',
  breach: 'brc',
  charge: 'chg',
  claim: 'clm',
  delegation: 'dlg',
  exception: 'exc',
  facility: 'fac',
  gateDecision: 'gat',
  gateEvent: 'gev',
  gateFinding: 'gfi',
  hub: 'hub',
  importRun: 'imp',
  invoice: 'inv',
  jurisdiction: 'jur',
  keyPlace: 'kpl',
  ledgerAccount: 'lac',
  ledgerTransaction: 'ltx',
  managementCost: 'mco',
  membership: 'mem',
  notice: 'ntc',
  occupancyFeed: 'fed',
  occupancyFinding: 'fnd',
  outboxEvent: 'evt',
  party: 'pty',
  payment: 'pay',
  paymentFinding: 'pfn',
  plateCorrection: 'plc',
  proof: 'prf',
  quote: 'quo',
  receipt: 'rcp',
  refund: 'rfd',
  releasePlan: 'rel',
  reservation: 'rsv',
  revenueRule: 'rvr',
  revocation: 'rvk',
  series: 'ser',
  session: 'ses',
  settlementBatch: 'stl',
  shuttleService: 'sht',
  space: 'spc',
  suspension: 'sus',
  tariff: 'tar',
  window: 'win',
  zone: 'zon',
} as const;

export type IdKind = keyof typeof ID_PREFIXES;

const SHAPE = /^[a-z]{3}_[0-7][0-9a-hjkmnp-tv-z]{25}$/;

/** Makes a TypeID: a prefix and a UUIDv7, so that ids sort by their making. */
export function newId(kind: IdKind, now: number, random: Uint8Array = drawBytes(10)): string {
  const bytes = new Uint8Array(16);
  let rest = now;
  for (let i = 5; i >= 0; i--) {
    bytes[i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  bytes.set(random.subarray(0, 10), 6);
  bytes[6] = 0x70 | (bytes[6]! & 0x0f);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  return fromUUIDBytes(ID_PREFIXES[kind], bytes);
}

/** Whether a text has the shape of an id of this kind; says nothing of whether it exists. */
export function isId(kind: IdKind, text: string): boolean {
  return SHAPE.test(text) && text.startsWith(`${ID_PREFIXES[kind]}_`);
}

/** The kind that an id names, or null where the text is no id of ours. */
export function kindOfId(text: string): IdKind | null {
  if (!SHAPE.test(text)) return null;
  const prefix = text.slice(0, 3);
  const found = Object.entries(ID_PREFIXES).find(([, known]) => known === prefix);
  return found ? (found[0] as IdKind) : null;
}

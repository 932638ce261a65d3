import { GraphQLID, isInputObjectType, isListType, isNonNullType, type GraphQLArgument, type GraphQLInputField, type GraphQLInputObjectType, type GraphQLInputType } from 'graphql';
import { ID_PREFIXES, isId, kindOfId, type IdKind } from '../../platform/index.js';
import { badInput } from '../../platform/graphql/index.js';

/** Of which kinds an id may be; `ANY` is every kind of this service. */
type Kinds = readonly IdKind[] | 'ANY' | 'FOREIGN';

/** An id is called by its kind, as `facilityId`. These are called by the part that what they name plays. */
const BY_PART: Readonly<Record<string, Kinds>> = {
  agent: ['party'],
  app: ['party'],
  cause: 'ANY',
  changesReservation: ['reservation'],
  feed: ['occupancyFeed'],
  finding: ['paymentFinding'],
  key: ['apiKey'],
  member: ['party'],
  node: 'ANY',
  nodes: 'ANY',
  parent: ['jurisdiction'],
  payee: ['party'],
  payer: ['party'],
  principal: ['party'],
  reportingUnit: ['jurisdiction'],
  sharingWindow: ['window'],
  toKeyPlace: ['keyPlace'],
  // Agreements are kept elsewhere: their ids are texts of whoever keeps them.
  agreement: 'FOREIGN',
};

/** Inputs of which each is answered by itself: one bad id among a feed's thousand reports must not lose the others. */
const ANSWERED_EACH: ReadonlySet<string> = new Set(['OccupancyReportInput', 'SpaceStateInput', 'VehicleEventInput']);

/** An input that takes an id whose kind nothing tells: the server does not start. */
export class IdWithoutKind extends Error {
  constructor(place: string) {
    super(`${place} is an ID of no known kind: name it after its kind (platform/ids.ts), or after its part (server/graphql/id-inputs.ts)`);
    this.name = 'IdWithoutKind';
  }
}

interface Wrong {
  readonly path: string;
  readonly text: string;
  readonly kinds: Kinds;
}

/** What is wrong with a value, or null. The path is made when something is. */
type Check = (value: unknown) => Wrong | null;

/** Throws BAD_USER_INPUT where an argument holds an id that cannot name what is asked for. */
export type IdCheck = (args: Readonly<Record<string, unknown>>) => void;

/** Makes the check of a field's arguments: one rule for all doors, reads, writes and streams. Null for a field that takes no id. */
export function idChecks(): (fieldName: string, args: readonly GraphQLArgument[]) => IdCheck | null {
  const known = new Map<GraphQLInputObjectType, Check | null>();
  return (fieldName, args) => {
    const check = membersCheck(fieldName, args, known);
    if (check === null) return null;
    return given => {
      const wrong = check(given);
      if (wrong) throw badInput(wordsOf(wrong), wrong.path);
    };
  };
}

const within = (place: string, wrong: Wrong): Wrong => ({ ...wrong, path: `${place}${wrong.path === '' || wrong.path.startsWith('[') ? '' : '.'}${wrong.path}` });

function wordsOf({ path, text, kinds }: Wrong): { readonly zh: string; readonly en: string } {
  const shown = text.slice(0, 60);
  if (typeof kinds === 'string') return { zh: `${path} 的“${shown}”不是本服务的标识`, en: `${path}: '${shown}' is no id of this service` };
  const forms = kinds.map(kind => `${ID_PREFIXES[kind]}_…`);
  return { zh: `${path} 须为 ${forms.join(' 或 ')} 形式的标识，收到“${shown}”`, en: `${path} takes an id written ${forms.join(' or ')}; got '${shown}'` };
}

function membersCheck(owner: string, members: ReadonlyArray<GraphQLArgument | GraphQLInputField>, known: Map<GraphQLInputObjectType, Check | null>): Check | null {
  const checks = members.flatMap(({ name, type }) => {
    const check = checkOf(type, owner, name, known);
    return check ? [{ name, check }] : [];
  });
  if (checks.length === 0) return null;
  return value => {
    for (const { name, check } of checks) {
      const member = (value as Readonly<Record<string, unknown>>)[name];
      const wrong = member === undefined || member === null ? null : check(member);
      if (wrong) return within(name, wrong);
    }
    return null;
  };
}

function checkOf(type: GraphQLInputType, owner: string, name: string, known: Map<GraphQLInputObjectType, Check | null>): Check | null {
  if (isNonNullType(type)) return checkOf(type.ofType, owner, name, known);
  if (isListType(type)) return itemsCheck(checkOf(type.ofType, owner, name, known));
  if (isInputObjectType(type)) return objectCheck(type, known);
  if (type !== GraphQLID) return null;
  const kinds = kindsOf(owner, name);
  if (kinds === 'FOREIGN') return null;
  const fits = kinds === 'ANY' ? (text: string) => kindOfId(text) !== null : (text: string) => kinds.some(kind => isId(kind, text));
  return value => (fits(value as string) ? null : { path: '', text: value as string, kinds });
}

function itemsCheck(check: Check | null): Check | null {
  if (check === null) return null;
  return value => {
    for (const [nth, item] of (value as readonly unknown[]).entries()) {
      const wrong = item === null ? null : check(item);
      if (wrong) return within(`[${nth}]`, wrong);
    }
    return null;
  };
}

function objectCheck(type: GraphQLInputObjectType, known: Map<GraphQLInputObjectType, Check | null>): Check | null {
  if (ANSWERED_EACH.has(type.name)) return null;
  const made = known.get(type);
  if (made !== undefined) return made;
  // Within itself an input is checked by what will be known of it.
  known.set(type, value => known.get(type)?.(value) ?? null);
  const check = membersCheck(type.name, Object.values(type.getFields()), known);
  known.set(type, check);
  return check;
}

/** By the name of the id, as `facilityId`; a bare `id` by its owner, as `charge(id)` and `PartyReferenceInput.id`. */
export function kindsOf(owner: string, name: string): Kinds {
  const own = name.replace(/(?:^i|I)ds?$/, '');
  const called = own === '' ? `${owner[0]!.toLowerCase()}${owner.slice(1)}`.replace(/(?:Reference)?(?:Input|Where)$/, '') : own;
  if (Object.hasOwn(BY_PART, called)) return BY_PART[called]!;
  if (!Object.hasOwn(ID_PREFIXES, called)) throw new IdWithoutKind(`${owner}.${name}`);
  return [called as IdKind];
}

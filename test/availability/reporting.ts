import { graphql, type GraphQLSchema } from 'graphql';
import { keepOccupancyDays } from '../../src/availability/keep-days.js';
import { recordVehicleEvents, reportOccupancy, reportSpaceStates, type ReportingInput } from '../../src/availability/report-occupancy.js';
import type { ReportAnswer } from '../../src/availability/report-intake.js';
import type { CountInForce } from '../../src/availability/rules/live-state.js';
import type { CountTold, EventTold, SpaceTold } from '../../src/availability/rules/report-verdict.js';
import type { Database, RequestScope, Services, Viewer } from '../../src/platform/index.js';
import type { FacilityDraft } from '../../src/facilities/index.js';
import { registerParty } from '../../src/identity/index.js';
import { rooms } from '../../src/server/rooms.js';
import { assembleSchema } from '../../src/server/schema.js';
import { addFacilities, addWindows, facilityDraft, foundCity, termsDraft } from '../support/city.js';
import { openTestDatabase } from '../support/database.js';
import { scopeOf, testServices } from '../support/scope.js';

export const NOW = Date.parse('2026-02-11T09:00:00+08:00');

/** A city whose car parks are told of, and who tells. */
export interface ReportingCity {
  readonly database: Database;
  readonly services: ReturnType<typeof testServices>;
  /** The company that owns every car park, unless a draft says otherwise. */
  readonly ownerId: string;
  as(viewer: Viewer, language?: 'zh' | 'en'): RequestScope;
  /** Somebody who may report for these parties. */
  reporter(...partyIds: string[]): Viewer;
  party(): Promise<string>;
  /** An open car park that lends all its spaces day and night; zone MAIN of 20 ordinary spaces unless told otherwise. */
  lot(differs?: Partial<FacilityDraft>): Promise<Lot>;
  counts(input: Told<CountTold>, viewer?: Viewer): Promise<ReportAnswer>;
  events(input: Told<EventTold>, viewer?: Viewer): Promise<ReportAnswer>;
  spaces(input: Told<SpaceTold>, viewer?: Viewer): Promise<ReportAnswer>;
  /** The counts in force of a facility's class. */
  inForce(facilityId: string, spaceClass?: string): Promise<CountInForce[]>;
  figure(facilityId: string, spaceClass?: string): Promise<{ state: string; free: number | null; occupied: number | null }>;
  ask(scope: RequestScope, query: string, variables?: object): Promise<any>;
  /** How much each table of the room holds: 'and nothing else was written' compares two of these. */
  written(): Promise<Record<string, number>>;
}

export interface Lot {
  readonly id: string;
  readonly code: string;
  readonly zones: Readonly<Record<string, string>>;
}

type Told<T> = Partial<ReportingInput<T>> & { readonly told: readonly T[] };

/** A count of the ordinary spaces of a whole facility; everything else as told. */
export function count(facilityId: string, told: Partial<CountTold> = {}): CountTold {
  return { facilityId, spaceClass: 'STANDARD', scope: 'ALL', observedAt: NOW, sequence: 0, ...(told.free === undefined && told.occupied === undefined ? { occupied: 8 } : {}), ...told };
}

export function event(facilityId: string, direction: 'ENTRY' | 'EXIT', eventId: string, told: Partial<EventTold> = {}): EventTold {
  return { facilityId, spaceClass: 'STANDARD', scope: 'ALL', direction, eventId, observedAt: NOW, ...told };
}

export function space(facilityId: string, number: string, isOccupied: boolean, told: Partial<SpaceTold> = {}): SpaceTold {
  return { facilityId, zoneCode: 'MAIN', number, isOccupied, observedAt: NOW, sequence: 0, ...told };
}

/** The reasons of an answer in the order of the input; null where a report was simply taken. */
export function reasonsOf(answer: ReportAnswer, length: number): Array<string | null> {
  return Array.from({ length }, (_, index) => answer.exceptions.find(([at]) => at === index)?.[1] ?? null);
}

let schema: GraphQLSchema | undefined;

export async function openReportingCity(overrides: Partial<Services> = {}): Promise<ReportingCity> {
  const database = await openTestDatabase(rooms.flatMap(room => room.entities));
  const services = testServices(database, overrides);
  services.clock.set(NOW);
  await keepOccupancyDays(services);
  const system = scopeOf(services);
  await foundCity(system);
  const [owner] = await database.query<{ id: string }>(`select id from party where source = 'test' and code = 'owner'`);
  let made = 0;
  const reporter = (...partyIds: string[]): Viewer => ({
    kind: 'API_KEY', actorId: `reporter-${partyIds.join('-')}`, partyIds, grants: partyIds.flatMap(partyId => ['occupancy:report', 'occupancy:read'].map(action => ({ action, partyId, jurisdictionCode: null }))), limitClass: 'OPERATOR', expiresAt: null, keyId: null,
  });
  const asOwner = reporter(owner!.id);
  const call = <T>(input: Told<T>): ReportingInput<T> => ({ idempotencyKey: `key-${++made}`, ...input });
  return {
    database,
    services,
    ownerId: owner!.id,
    as: (viewer, language = 'en') => scopeOf(services, viewer, language),
    reporter,
    async party() {
      const outcome = await registerParty(system, { kind: 'ENTERPRISE', name: `企业 ${++made}` });
      if (!outcome.ok) throw new Error(outcome.problems[0].en);
      return outcome.value.partyId;
    },
    async lot(differs = {}) {
      const code = `lot-${++made}`;
      const [id] = await addFacilities(system, [facilityDraft(code, { longitude: 118.6, latitude: 24.9 }, differs)]);
      const zones = await database.query<{ id: string; code: string; total: number }>(`select z.id, z.code, coalesce((select sum(shareable)::int from facility_capacity c where c.zone_id = z.id and space_class = 'STANDARD'), 0) as total from zone z where facility_id = $1`, [id]);
      for (const zone of zones.filter(each => each.total > 0)) await addWindows(system, [{ facility: { id: id! }, zone: { id: zone.id }, terms: termsDraft({ quota: { ...termsDraft().quota, STANDARD: zone.total } }) }]);
      return { id: id!, code, zones: Object.fromEntries(zones.map(zone => [zone.code, zone.id])) };
    },
    counts: (input, viewer = asOwner) => reportOccupancy(scopeOf(services, viewer), call(input)),
    events: (input, viewer = asOwner) => recordVehicleEvents(scopeOf(services, viewer), call(input)),
    spaces: (input, viewer = asOwner) => reportSpaceStates(scopeOf(services, viewer), call(input)),
    async inForce(facilityId, spaceClass = 'STANDARD') {
      const [row] = await database.query<{ counts: CountInForce[] }>('select counts from live_availability where facility_id = $1 and space_class = $2', [facilityId, spaceClass]);
      return row?.counts ?? [];
    },
    async figure(facilityId, spaceClass = 'STANDARD') {
      const [row] = await database.query<{ state: string; free: number | null; occupied: number | null }>('select state, free, occupied from live_availability where facility_id = $1 and space_class = $2', [facilityId, spaceClass]);
      return row!;
    },
    async ask({ viewer, language }, source, variableValues) {
      schema ??= assembleSchema(rooms);
      const { data, errors } = await graphql({ schema, source, contextValue: scopeOf(services, viewer, language), variableValues: { ...variableValues } });
      if (errors) throw errors[0]!.originalError ?? errors[0]!;
      return JSON.parse(JSON.stringify(data));
    },
    async written() {
      const tables = ['occupancy_feed', 'occupancy_sample', 'vehicle_event', 'vehicle_counter', 'space_state', 'occupancy_hour', 'occupancy_finding', 'availability_change', 'idempotency_record', 'audit_entry', 'outbox_event'];
      const [row] = await database.query(`select ${tables.map(table => `(select count(*)::int from ${table}) as ${table}`).join(', ')}`);
      return { ...row } as Record<string, number>;
    },
  };
}

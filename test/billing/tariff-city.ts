import { graphql, type GraphQLSchema } from 'graphql';
import { availabilityRoom } from '../../src/availability/index.js';
import { billingRoom } from '../../src/billing/index.js';
import { discoveryRoom } from '../../src/discovery/index.js';
import { facilitiesRoom } from '../../src/facilities/index.js';
import { identityRoom } from '../../src/identity/index.js';
import type { Viewer } from '../../src/platform/index.js';
import { assembleSchema } from '../../src/server/schema.js';
import { sharingRoom } from '../../src/sharing/index.js';
import { openLendingCity, type LendingCity } from '../sharing/city.js';
import { scopeOf } from '../support/scope.js';

const ROOMS = [identityRoom, facilitiesRoom, sharingRoom, availabilityRoom, billingRoom, discoveryRoom];
let schema: GraphQLSchema | undefined;

/** A lending city that also knows tariffs: windows are judged by billing, too. */
export async function openTariffCity(): Promise<LendingCity & { readonly asked: (viewer: Viewer, query: string, variables?: object) => Promise<any> }> {
  const city = await openLendingCity({ reactions: billingRoom.reactions ?? [] });
  schema ??= assembleSchema(ROOMS);
  return {
    ...city,
    async asked(viewer, source, variableValues) {
      const { data, errors } = await graphql({ schema: schema!, source, contextValue: scopeOf(city.services, viewer), variableValues: { ...variableValues } });
      if (errors) throw errors[0]!.originalError ?? errors[0]!;
      return JSON.parse(JSON.stringify(data));
    },
  };
}

/** By the hour, 3 yuan, as a mutation's input tells it. */
export const HOURLY = { bands: [{ name: '全天', price: { perHour: { fenPerHour: 300 } } }] };

export const PUBLISH = `mutation ($input: PublishTariffInput!) { publishTariff(input: $input) { tariff { id version status versions { number inForceFrom } } userErrors { code field clause } } }`;
export const REVISE = `mutation ($input: ReviseTariffInput!) { reviseTariff(input: $input) { tariff { id version versions { number inForceFrom legalBasis reason } } userErrors { code field } } }`;
export const WITHDRAW = `mutation ($input: WithdrawTariffInput!) { withdrawTariff(input: $input) { tariff { status statusReason version } userErrors { code field } } }`;
export const REGISTER = `mutation ($input: RegisterFacilityTariffInput!) { registerFacilityTariff(input: $input) { facility { id registeredTariff { id } } tariff { id } userErrors { code field } } }`;
export const PUBLISH_WINDOW = `mutation ($input: PublishWindowInput!) { publishWindow(input: $input) { window { id tariff { id name } } userErrors { code field } } }`;

export const NIGHTS = {
  name: '夜间', mode: 'OFF_PEAK_SHARE', quota: [{ spaceClass: 'STANDARD', spaces: 10 }], audience: { kind: 'PUBLIC' }, validFromOn: '2026-01-01',
  rules: [{ days: { weekdays: ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY'] }, from: { time: '18:00' }, until: { at: { time: '07:30', dayOffset: 1 } } }],
};

import type { Room, Services } from '../platform/index.js';
import { identityRoom } from '../identity/index.js';
import { facilitiesRoom } from '../facilities/index.js';
import { seedWorkCalendar, sharingRoom } from '../sharing/index.js';
import { availabilityRoom, compileReports } from '../availability/index.js';
import { billingRoom, paymentRoutes } from '../billing/index.js';
import { parkingRoom } from '../parking/index.js';
import { compileNearby, discoveryRoom } from '../discovery/index.js';
import { abandonDeadImports, exchangeRoom, importCommand, importRoutes, replayCommand } from '../exchange/index.js';
import { demoFeedCommand, demoStarter } from '../demo/index.js';
import type { Command } from './command/command.js';
import type { OperationCompiler } from './graphql/documents.js';
import type { Route } from './http/route.js';
import { wallRoutes } from './pages/wall.js';
import { serverRoom } from './server-room.js';

/** Every room of the city, in the order of the design. */
export const rooms: readonly Room[] = [identityRoom, facilitiesRoom, sharingRoom, availabilityRoom, billingRoom, parkingRoom, discoveryRoom, exchangeRoom, serverRoom];

/** The hot paths' compilers, asked in this order. */
export const operationCompilers: readonly OperationCompiler[] = [compileNearby, compileReports];

/** Routes beside /graphql: what rooms answer, and the wall. */
export const routes: readonly Route[] = [...paymentRoutes, ...importRoutes, ...wallRoutes];

/** Progress goes beside a command's answer. */
const toStandardError = (line: string): void => void process.stderr.write(`${line}\n`);

/** The verbs of `chaowei` that are the rooms' own. */
export const roomCommands: readonly Command[] = [importCommand(toStandardError), replayCommand(toStandardError), demoFeedCommand];

/** A run that a crash broke off is said to be abandoned; there is nothing to print of it. */
const abandonStarter = async (services: Services): Promise<readonly string[]> => {
  await abandonDeadImports(services);
  return [];
};

/** The State Council's calendar of the years that are published; a table that has one is left alone. */
const calendarStarter = async (services: Services): Promise<readonly string[]> => {
  await services.database.transactional((_em, sql) => seedWorkCalendar(sql, services.clock.now()));
  return [];
};

/** What runs once after the migrations, before the first request; the lines it returns are printed with what is served. */
export const starters: ReadonlyArray<(services: Services) => Promise<readonly string[]>> = [abandonStarter, calendarStarter, demoStarter];

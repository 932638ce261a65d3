import { ConfigurationError, readConfiguration, type Configuration, type Services } from '../platform/index.js';
import { cityAssembly } from './city-assembly.js';
import { closeServices, openServices } from './open-services.js';
import { endOnDefect, endOnSignals } from './process-life.js';
import { jobs, startJobs } from './jobs.js';
import { rooms } from './rooms.js';
import { startServer } from './start.js';
import { ensureFree, startFailure } from './start-failure.js';

/** Starts the city and says what is served where. */
export async function serve(): Promise<void> {
  const configuration = configurationOrExit();
  await ensureFree(configuration.HOST, configuration.PORT).catch(explained(configuration));
  if (!configuration.DATABASE_URL) process.stdout.write(`${whatTakesTime(configuration)}\n`);
  const services = await openServices(configuration, rooms).catch(explained(configuration));
  endOnDefect(services.log);
  const running = await startServer(services, cityAssembly).catch(async (error: unknown) => {
    // The folder's lock is given back, so that the next start finds it free.
    if (startFailure(error, configuration) !== null) await closeServices(services);
    return explained(configuration)(error);
  });
  const working = startJobs(services, [...jobs, ...rooms.flatMap(room => room.jobs ?? [])]);
  endOnSignals(services.log, async () => {
    await Promise.all([running.stop(), working.stop()]);
    await closeServices(services);
  });
  process.stdout.write(`${[...whatIsServed(running.address, services), ...running.lines].join('\n')}\n`);
}

/** On an embedded database the demo city is loaded unless it is declined. */
function whatTakesTime({ DEMO_CITY }: Configuration): string {
  return DEMO_CITY === false
    ? '潮位 Chaowei 正在启动，首次要建库，约十秒 · starting; the first start makes the database, some ten seconds'
    : '潮位 Chaowei 正在启动，首次要建库和演示城市，约二十秒 · starting; the first start makes the database and the demo city, some twenty seconds';
}

function whatIsServed(address: string, { database, live }: Services): readonly string[] {
  return [
    `潮位 Chaowei · ${database.backEnd === 'EMBEDDED' ? '内嵌数据库 embedded PostgreSQL' : 'PostgreSQL'} · ${live.kind === 'REDIS' ? 'Redis' : '进程内总线 in-process bus'}`,
    `  GraphQL    ${address}/graphql  (WebSocket: graphql-transport-ws)`,
    `  探索 GraphiQL   ${address}/explorer`,
    `  文档 schema     ${address}/docs`,
    `  潮位墙 wall     ${address}/wall`,
    `  健康 health     ${address}/healthz  ${address}/readyz  ${address}/metrics`,
  ];
}

function configurationOrExit(): Configuration {
  try {
    return readConfiguration(process.env);
  } catch (error) {
    if (error instanceof ConfigurationError) exitWith(error.message);
    throw error;
  }
}

/** What whoever starts the server can mend is told in words; a defect of ours keeps its stack. */
const explained = (configuration: Configuration) => (error: unknown): never => {
  const words = startFailure(error, configuration);
  if (words !== null) exitWith(words);
  throw error;
};

function exitWith(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

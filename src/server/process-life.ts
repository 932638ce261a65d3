import type { Log } from '../platform/index.js';

/** How long after the first signal the process ends, whatever still hangs. */
const LAST_RESORT_MS = 10_000;

/** Ends the process once for its signals: the first drains, a second one does not wait. */
export function endOnSignals(log: Log, stop: () => Promise<void>): void {
  let stopping = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stopping) process.exit(1);
    stopping = true;
    log.info({ signal }, 'stopping');
    setTimeout(() => process.exit(1), LAST_RESORT_MS).unref();
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'the stop failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}

/** A defect that nobody caught leaves the process in a state that nobody knows: it is logged and the process ends. */
export function endOnDefect(log: Log): void {
  const end = (kind: string) => (error: unknown): void => {
    log.fatal({ err: error }, kind);
    process.exit(1);
  };
  process.on('unhandledRejection', end('unhandled rejection'));
  process.on('uncaughtException', end('uncaught exception'));
}

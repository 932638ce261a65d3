import { forgetAnnouncements, forgetOldKeys, onOneServer, signAuditHead, type Services } from '../platform/index.js';

/** Something that is done again and again, while the server runs. */
export interface Job {
  readonly name: string;
  readonly everyMs: number;
  /** Whether one server of all does it. A job that keeps something of its own server's runs on each. */
  readonly isSingle: boolean;
  readonly run: (services: Services) => Promise<unknown>;
}

/** Every job there is. */
export const jobs: readonly Job[] = [
  // Each server keeps signed heads outside the database: who owns the database would have to change them all (G28).
  { name: 'sign-audit-head', everyMs: 60_000, isSingle: false, run: signAuditHead },
  { name: 'forget-old-keys', everyMs: 60_000, isSingle: true, run: ({ database, clock }) => forgetOldKeys(database, clock.now()) },
  { name: 'forget-announcements', everyMs: 60_000, isSingle: true, run: ({ database, clock }) => forgetAnnouncements(database, clock.now()) },
];

/** Runs the jobs until it is stopped. One that fails is logged and tried again at its next turn; none overlaps itself. */
export function startJobs(services: Services, all: readonly Job[] = jobs): { stop(): Promise<void> } {
  const running = new Set<Promise<void>>();
  const timers = all.map(job => {
    let isBusy = false;
    const timer = setInterval(() => {
      if (isBusy) return;
      isBusy = true;
      const turn = runJob(services, job).finally(() => {
        isBusy = false;
        running.delete(turn);
      });
      running.add(turn);
    }, job.everyMs);
    return timer.unref();
  });
  return {
    async stop() {
      for (const timer of timers) clearInterval(timer);
      await Promise.all(running);
    },
  };
}

/** One turn of a job: nothing where another server has it, a line in the log where it failed. */
export async function runJob(services: Services, job: Job): Promise<void> {
  try {
    if (job.isSingle) await onOneServer(services.database, `job ${job.name}`, () => job.run(services));
    else await job.run(services);
  } catch (error) {
    services.log.error({ err: error, job: job.name }, 'a job failed');
  }
}

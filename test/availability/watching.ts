import type { Client } from 'graphql-ws';

export const WATCH = `subscription Watch($where: FacilityWhere, $since: String, $minIntervalMs: Int) {
  availabilityChanged(where: $where, since: $since, minIntervalMs: $minIntervalMs) {
    __typename
    ... on AvailabilitySnapshot { cursor part isLast facilities { facilityId version precision classes { spaceClass state free freeBand quota capacity reason } } }
    ... on AvailabilityChange { cursor coalescedVersions availability { facilityId version precision classes { spaceClass state free freeBand quota capacity reason } } }
    ... on FacilityLeft { cursor facilityId }
    ... on ResyncRequired { cursor reason }
  }
}`;

/** The same selection behind a directive, which only the executor answers: the plain twin of the compiled stream. */
export const WATCH_PLAIN = WATCH.replace('__typename', '__typename @include(if: true)');

export interface Reading {
  /** Every event so far. */
  readonly events: any[];
  /** Resolves when so many events have come. */
  until(count: number): Promise<any[]>;
  /** Resolves when an event of which this holds has come. */
  untilOne(holds: (event: any) => boolean): Promise<any>;
  /** What ended it: null while it runs or where it ended by itself. */
  readonly error: unknown;
  readonly ended: Promise<void>;
  stop(): void;
}

/** Reads a live stream as a client does. */
export function read(client: Client, variables: Record<string, unknown> = {}, query = WATCH): Reading {
  const events: any[] = [];
  let waiting: Array<() => void> = [];
  const wake = (): void => {
    const woken = waiting;
    waiting = [];
    for (const each of woken) each();
  };
  let error: unknown = null;
  let end!: () => void;
  const ended = new Promise<void>(resolve => (end = resolve));
  const stop = client.subscribe<any>({ query, variables }, {
    next: result => {
      if (result.errors) error = result.errors;
      else events.push(Object.values(result.data)[0]);
      wake();
    },
    error: reason => {
      error = reason;
      wake();
      end();
    },
    complete: () => {
      wake();
      end();
    },
  });
  const when = async (holds: () => boolean): Promise<void> => {
    while (!holds()) {
      if (error) throw new Error(`the stream failed: ${JSON.stringify(error)}`);
      await new Promise<void>(resolve => waiting.push(resolve));
    }
  };
  return {
    events,
    until: async count => {
      await when(() => events.length >= count);
      return events;
    },
    untilOne: async holds => {
      await when(() => events.some(holds));
      return events.find(holds);
    },
    get error() {
      return error;
    },
    ended,
    stop,
  };
}

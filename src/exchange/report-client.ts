/** Where reports go, and as whom. */
export interface ReportClientOptions {
  /** The server's address, with or without `/graphql`. */
  readonly url: string;
  readonly key: string;
  /** Ends what is under way. */
  readonly signal: AbortSignal;
  /** Waits so many milliseconds, or less where the signal says so. */
  readonly pause: (milliseconds: number) => Promise<void>;
  readonly fetch?: typeof fetch;
  /** Told before each wait. */
  readonly onWait?: (wait: ServerWait) => void;
}

/** Why a call is not answered yet, and when it is made again. */
export interface ServerWait {
  /** AWAY: nobody answers. BUSY: the server asks for patience. */
  readonly reason: 'AWAY' | 'BUSY';
  readonly forMs: number;
  /** Waited for this call so far, without what comes now. */
  readonly waitedMs: number;
}

/** What became of the reports of one call. */
export interface ReportTally {
  readonly accepted: number;
  readonly ignored: number;
  readonly quarantined: number;
  readonly receipts: ReadonlyArray<{ readonly verdict: string; readonly reason: string | null; readonly message: string | null }>;
}

/** A call that the server refused for good, in its own words, or that it was too long away for. */
export class RefusedCall extends Error {}

const TALLY = '{ accepted ignored quarantined receipts { verdict reason message } userErrors { message } }';
const MUTATIONS = {
  reportOccupancy: `mutation ($input: ReportOccupancyInput!) { reportOccupancy(input: $input) ${TALLY} }`,
  recordVehicleEvents: `mutation ($input: RecordVehicleEventsInput!) { recordVehicleEvents(input: $input) ${TALLY} }`,
  declareOccupancyFeed: 'mutation ($input: DeclareOccupancyFeedInput!) { declareOccupancyFeed(input: $input) { feed { id } userErrors { message } } }',
} as const;

type Payloads = { readonly reportOccupancy: ReportTally; readonly recordVehicleEvents: ReportTally; readonly declareOccupancyFeed: { readonly feed: { readonly id: string } | null } };

/** How long a server is waited for that nobody hears of: a restart, a deployment, a night's maintenance begun too early. */
export const MOST_AWAY_MS = 30 * 60_000;
/** A server that takes a call and says nothing is away, too. */
const ANSWER_MS = 60_000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 20_000;
const PASSING = new Set(['RATE_LIMITED', 'SERVICE_UNAVAILABLE']);
/** No connection, and a page in place of an answer. */
const AWAY = new Set(['TypeError', 'SyntaxError', 'TimeoutError']);

interface Answer {
  readonly isAway?: boolean;
  readonly data?: Readonly<Record<string, object & { readonly userErrors: ReadonlyArray<{ readonly message: string }> }>> | null;
  readonly errors?: ReadonlyArray<{ readonly message: string; readonly extensions?: { readonly code?: string; readonly retryAfterMs?: number; readonly resetMs?: number; readonly reason?: string } }>;
}

/**
 * A client of the schema's reporting mutations, as an operator's own would be. A server that is away or asks for patience
 * is asked again with the same idempotency key, so that a report whose answer got lost still happens once; one that stays
 * away for half an hour is given up.
 */
export class ReportClient {
  readonly #address: string;

  constructor(private readonly options: ReportClientOptions) {
    const address = new URL(options.url);
    if (!address.pathname.endsWith('/graphql')) address.pathname = `${address.pathname.replace(/\/$/, '')}/graphql`;
    this.#address = address.href;
  }

  /** Null where the signal came before an answer. */
  async send<Mutation extends keyof Payloads>(mutation: Mutation, input: Readonly<Record<string, unknown>> & { readonly idempotencyKey: string }): Promise<Payloads[Mutation] | null> {
    const { signal, pause, onWait } = this.options;
    let [waitedMs, awayMs] = [0, 0];
    for (let attempt = 0; !signal.aborted; attempt++) {
      const answer = await this.#once({ query: MUTATIONS[mutation], variables: { input } });
      const payload = answer.data?.[mutation];
      if (payload) {
        if (payload.userErrors.length > 0) throw new RefusedCall(payload.userErrors.map(({ message }) => message).join('; '));
        return payload as unknown as Payloads[Mutation];
      }
      const errors = answer.errors ?? [];
      if (!errors.every(({ extensions }) => PASSING.has(extensions?.code ?? '') || extensions?.reason === 'IN_PROGRESS')) throw new RefusedCall(errors.map(({ message }) => message).join('; '));
      const asked = Math.max(...errors.map(({ extensions }) => extensions?.retryAfterMs ?? extensions?.resetMs ?? 0), 0);
      const forMs = asked || Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt);
      awayMs = answer.isAway === true ? awayMs + forMs : 0;
      if (awayMs > MOST_AWAY_MS) throw new RefusedCall(`服务 ${this.#address} 已离线 ${MOST_AWAY_MS / 60_000} 分钟，不再等待 / the server ${this.#address} has been away for ${MOST_AWAY_MS / 60_000} min: given up`);
      if (!signal.aborted) onWait?.({ reason: answer.isAway === true ? 'AWAY' : 'BUSY', forMs, waitedMs });
      waitedMs += forMs;
      await pause(forMs);
    }
    return null;
  }

  /** One attempt; a server that does not answer, or a proxy that answers for it, is one that is away. */
  async #once(body: object): Promise<Answer> {
    const { key, signal, fetch: send = fetch } = this.options;
    const away: Answer = { isAway: true, errors: [{ message: 'away', extensions: { code: 'SERVICE_UNAVAILABLE' } }] };
    try {
      const response = await send(this.#address, { method: 'POST', headers: { 'content-type': 'application/json', 'accept-language': 'zh-CN', authorization: `Bearer ${key}` }, body: JSON.stringify(body), signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]) });
      return (await response.json()) as Answer;
    } catch (error) {
      if (signal.aborted || AWAY.has((error as Error).name)) return away;
      throw error;
    }
  }
}

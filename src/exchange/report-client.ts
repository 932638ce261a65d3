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
}

/** What became of the reports of one call. */
export interface ReportTally {
  readonly accepted: number;
  readonly ignored: number;
  readonly quarantined: number;
  readonly receipts: ReadonlyArray<{ readonly verdict: string; readonly reason: string | null; readonly message: string | null }>;
}

/** A call that the server refused for good, in its own words. */
export class RefusedCall extends Error {}

const TALLY = '{ accepted ignored quarantined receipts { verdict reason message } userErrors { message } }';
const MUTATIONS = {
  reportOccupancy: `mutation ($input: ReportOccupancyInput!) { reportOccupancy(input: $input) ${TALLY} }`,
  recordVehicleEvents: `mutation ($input: RecordVehicleEventsInput!) { recordVehicleEvents(input: $input) ${TALLY} }`,
} as const;

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 20_000;
const PASSING = new Set(['RATE_LIMITED', 'SERVICE_UNAVAILABLE']);
/** No connection, and a page in place of an answer. */
const AWAY = new Set(['TypeError', 'SyntaxError']);

interface Answer {
  readonly data?: Readonly<Record<string, ReportTally & { readonly userErrors: ReadonlyArray<{ readonly message: string }> }>> | null;
  readonly errors?: ReadonlyArray<{ readonly message: string; readonly extensions?: { readonly code?: string; readonly retryAfterMs?: number; readonly resetMs?: number; readonly reason?: string } }>;
}

/**
 * A client of the schema's reporting mutations, as an operator's own would be. A server that is away or asks for patience
 * is asked again with the same idempotency key, so that a report whose answer got lost still happens once.
 */
export class ReportClient {
  readonly #address: string;

  constructor(private readonly options: ReportClientOptions) {
    const address = new URL(options.url);
    if (!address.pathname.endsWith('/graphql')) address.pathname = `${address.pathname.replace(/\/$/, '')}/graphql`;
    this.#address = address.href;
  }

  /** Null where the signal came before an answer. */
  async send(mutation: keyof typeof MUTATIONS, input: Readonly<Record<string, unknown>> & { readonly idempotencyKey: string }): Promise<ReportTally | null> {
    const { signal, pause } = this.options;
    for (let attempt = 0; !signal.aborted; attempt++) {
      const answer = await this.#once({ query: MUTATIONS[mutation], variables: { input } });
      const payload = answer.data?.[mutation];
      if (payload) {
        if (payload.userErrors.length > 0) throw new RefusedCall(payload.userErrors.map(({ message }) => message).join('; '));
        return payload;
      }
      const errors = answer.errors ?? [];
      if (!errors.every(({ extensions }) => PASSING.has(extensions?.code ?? '') || extensions?.reason === 'IN_PROGRESS')) throw new RefusedCall(errors.map(({ message }) => message).join('; '));
      const asked = Math.max(...errors.map(({ extensions }) => extensions?.retryAfterMs ?? extensions?.resetMs ?? 0), 0);
      await pause(asked || Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt));
    }
    return null;
  }

  /** One attempt; a server that does not answer, or a proxy that answers for it, is one that is away. */
  async #once(body: object): Promise<Answer> {
    const { key, signal, fetch: send = fetch } = this.options;
    const away: Answer = { errors: [{ message: 'away', extensions: { code: 'SERVICE_UNAVAILABLE' } }] };
    try {
      const response = await send(this.#address, { method: 'POST', headers: { 'content-type': 'application/json', 'accept-language': 'zh-CN', authorization: `Bearer ${key}` }, body: JSON.stringify(body), signal });
      return (await response.json()) as Answer;
    } catch (error) {
      if (signal.aborted || AWAY.has((error as Error).name)) return away;
      throw error;
    }
  }
}

import { Mutex, PGlite, protocol, type messages } from '@electric-sql/pglite';
import { PARSERS, type EmbeddedCluster } from '../../src/platform/embedded-database.js';

/** What the environment lends: the exchange of protocol messages with an open cluster, until it is given back. */
interface Loan {
  exchange(message: Uint8Array, onData: (bytes: Uint8Array) => void): void;
  giveBack(): void;
}

declare const borrowCluster: () => Promise<Loan>;

/** The part of PGlite that speaks the protocol and reads values, without the engine; the library keeps it as a base class. */
const Client = Object.getPrototypeOf(PGlite) as new () => Pick<PGlite, 'query' | 'exec' | 'transaction' | 'parsers'> & { _initArrayTypes(): Promise<void> };

/** A client of one suite on an engine that outlives it, so that nothing of a client does. */
class BorrowedClient extends Client {
  readonly debug = 0;
  readonly ready = true;
  readonly waitReady = Promise.resolve();
  closed = false;
  readonly #loan: Loan;
  readonly #queries = new Mutex();
  readonly #transactions = new Mutex();
  #parser = new protocol.Parser();

  constructor(loan: Loan) {
    super();
    this.#loan = loan;
    this.parsers = { ...this.parsers, ...PARSERS };
  }

  async execProtocolStream(message: Uint8Array, { throwOnError = true }: { throwOnError?: boolean } = {}): Promise<messages.BackendMessage[]> {
    const answers: messages.BackendMessage[] = [];
    let failure: Error | undefined;
    this.#loan.exchange(message, bytes =>
      this.#parser.parse(bytes, answer => {
        if (failure) return;
        if (throwOnError && answer instanceof Error) failure = answer;
        else answers.push(answer);
      }));
    if (!failure) return answers;
    this.#parser = new protocol.Parser();
    throw failure;
  }

  async _checkReady(): Promise<void> {
    if (this.closed) throw new Error('PGlite is closed');
  }

  _runExclusiveQuery<T>(work: () => Promise<T>): Promise<T> {
    return this.#queries.runExclusive(work);
  }

  _runExclusiveTransaction<T>(work: () => Promise<T>): Promise<T> {
    return this.#transactions.runExclusive(work);
  }

  async syncToFs(): Promise<void> {}
  async _handleBlob(): Promise<void> {}
  async _cleanupBlob(): Promise<void> {}
  async _getWrittenBlob(): Promise<undefined> {}

  async close(): Promise<void> {
    this.closed = true;
    this.#loan.giveBack();
  }
}

/** An open cluster with every migration applied, which goes back to how it was when it is closed; the environment lends it. */
export async function borrowEmbedded(): Promise<EmbeddedCluster> {
  const client = new BorrowedClient(await borrowCluster());
  await client._initArrayTypes();
  return { pglite: client as unknown as PGlite, close: () => client.close() };
}

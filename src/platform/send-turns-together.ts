import type { PoolClient } from 'pg';

/** What of a connection's socket is asked for: the driver declares it as of no type. */
interface Corkable {
  cork(): void;
  uncork(): void;
}

/**
 * Sends the statements that one turn of the event loop puts on a connection in one packet. One by one, each costs a call of
 * the system here and wakes the database there, which sleeps again before the next one comes: that is more than most
 * statements of a transaction cost themselves.
 */
export function sendTurnsTogether(client: PoolClient): void {
  const { stream } = (client as unknown as { readonly connection: { readonly stream: Corkable } }).connection;
  const query = client.query.bind(client) as (...asked: unknown[]) => unknown;
  let isHeld = false;
  const held = (...asked: unknown[]): unknown => {
    if (!isHeld) {
      isHeld = true;
      stream.cork();
      // Behind every promise that this turn settles, and what those that wait for them send.
      process.nextTick(() => {
        isHeld = false;
        stream.uncork();
      });
    }
    return query(...asked);
  };
  client.query = held as typeof client.query;
}

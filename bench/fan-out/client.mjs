import { connect } from 'node:net';
import { operationId } from './change.mjs';
import { readFrames, textFrame, upgradeRequest } from './frames.mjs';
import { Tally } from './tally.mjs';
import { quantile } from '../support/report.mjs';

// One process that holds all the subscribers of a server. It reads what is the same for everybody once: a change's bytes
// after the operation's id are looked up as a whole, and parsed only where they have not been seen.

const AT_ONCE = 100;
const OPENING_MS = 30_000;
/** A source address has fewer ports than the largest setup has sockets. */
const SOCKETS_OF_ADDRESS = 20_000;
const KNOWN_CHANGES = 5_000;
const ID_LENGTH = operationId(0).length;

let crowd = null;

process.on('message', async message => {
  try {
    process.send({ ...(await ACTS[message.act](message)) });
  } catch (error) {
    process.send({ error: error.stack });
  }
});

const ACTS = {
  async open(plan) {
    crowd = new Crowd(plan);
    await crowd.open();
    return {};
  },
  /** Waits until everybody has got something, or for a while; answers who has not. */
  ready: ({ patienceMs }) => waited(tell => crowd.tally.whenReady(crowd.size, tell), patienceMs).then(() => ({ waiting: crowd.tally.unready() })),
  async arm({ versions }) {
    crowd.tally.arm(versions);
    return {};
  },
  async record() {
    crowd.tally.record(true);
    return {};
  },
  async covered({ covered, patienceMs }) {
    const isMet = await waited(tell => crowd.tally.whenCovered(covered, tell), patienceMs);
    const { tally } = crowd;
    return { isMet, at: now(), deliveries: tally.deliveries, covered: tally.covered, coalesced: tally.coalesced, bytes: crowd.bytes };
  },
  async check({ changesOf }) {
    return { wrongs: [...crowd.faults, ...crowd.tally.missing(changesOf)].slice(0, 5) };
  },
  async latencies({ sent }) {
    const sorted = crowd.tally.latencies(sent);
    return { count: sorted.length, p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99), most: sorted.at(-1) ?? null };
  },
};

const now = () => Number(process.hrtime.bigint()) / 1e6;

/** True when told, false when patience has ended first or a socket has broken. */
function waited(subscribe, patienceMs) {
  if (crowd.faults.length > 0) throw new Error(crowd.faults.join('; '));
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(false), patienceMs);
    crowd.broken = error => {
      clearTimeout(timer);
      reject(error);
    };
    subscribe(() => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}

class Crowd {
  bytes = 0;
  faults = [];
  broken = () => {};
  #plan;
  #facilityIndex;
  #known = new Map();
  #at = 0;
  /** Where the operation's id stands in a message: so far from its beginning or from its end. @type {{ isFirst: boolean, offset: number } | null} */
  #id = null;

  /** @param {{ port: number, init: object, query: string, wheres: string[], watches: number[][], facilityIds: string[], hasOwnIds: boolean, hasSnapshot: boolean }} plan */
  constructor(plan) {
    this.#plan = plan;
    this.#facilityIndex = new Map(plan.facilityIds.map((id, index) => [id, index]));
    this.tally = new Tally({ subscribers: plan.watches.length, facilities: plan.facilityIds.length, watches: plan.watches });
  }

  get size() {
    return this.#plan.watches.length;
  }

  async open() {
    let next = 0;
    await Promise.all(Array.from({ length: AT_ONCE }, async () => {
      while (next < this.size) await this.#join(next++);
    }));
  }

  /** Opens a socket, says who it is and subscribes; settles when the server has taken the init. */
  #join(subscriber) {
    const { port, init, query, wheres } = this.#plan;
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', localAddress: `127.0.0.${1 + Math.floor(subscriber / SOCKETS_OF_ADDRESS)}`, noDelay: true });
      const timer = setTimeout(() => reject(new Error(`socket ${subscriber} is not open after ${OPENING_MS} ms`)), OPENING_MS);
      const fail = words => {
        clearTimeout(timer);
        const error = new Error(`socket ${subscriber}: ${words}`);
        reject(error);
        this.#fault(error);
      };
      const acknowledged = () => {
        clearTimeout(timer);
        const where = wheres[subscriber % wheres.length];
        socket.write(textFrame(`{"id":"${operationId(subscriber)}","type":"subscribe","payload":{"query":${JSON.stringify(query)},"variables":{"where":${where}}}}`));
        resolve();
      };
      socket.on('connect', () => socket.write(upgradeRequest(port)));
      socket.on('error', error => fail(error.message));
      socket.on('close', () => fail('closed by the server'));
      this.#read(socket, subscriber, { fail, acknowledged, init });
    });
  }

  #read(socket, subscriber, { fail, acknowledged, init }) {
    let isUpgraded = false;
    let rest = null;
    const reader = {
      text: (bytes, from, until) => this.#text(subscriber, bytes, from, until, { fail, acknowledged }),
      close: (code, reason) => fail(`closed with ${code} ${reason}`),
      write: bytes => socket.write(bytes),
    };
    socket.on('data', chunk => {
      this.bytes += chunk.length;
      let bytes = rest === null ? chunk : Buffer.concat([rest, chunk]);
      if (!isUpgraded) {
        const end = bytes.indexOf('\r\n\r\n');
        if (end < 0) return void (rest = bytes);
        if (!bytes.subarray(0, 12).equals(Buffer.from('HTTP/1.1 101'))) return fail(bytes.toString('utf8', 0, 200));
        isUpgraded = true;
        bytes = bytes.subarray(end + 4);
        socket.write(textFrame(JSON.stringify({ type: 'connection_init', payload: init })));
      }
      if (this.tally.records) this.#at = now();
      try {
        rest = readFrames(bytes, reader);
      } catch (error) {
        fail(error.message);
      }
    });
  }

  #text(subscriber, bytes, from, until, socket) {
    const change = this.#knownChange(subscriber, bytes, from, until);
    if (change) return this.tally.take(subscriber, change, this.#at);
    const message = JSON.parse(bytes.toString('utf8', from, until));
    if (message.type === 'connection_ack') return socket.acknowledged();
    if (message.type === 'ping') return;
    if (message.type !== 'next' || message.payload.errors) return socket.fail(JSON.stringify(message).slice(0, 500));
    this.#event(subscriber, message, bytes.latin1Slice(from, until));
  }

  /** A change that has been seen, found by its bytes; its operation must be this subscriber's. */
  #knownChange(subscriber, bytes, from, until) {
    if (this.#id === null) return undefined;
    const { isFirst, offset } = this.#id;
    const idFrom = isFirst ? from + offset : until - offset;
    const change = this.#known.get(isFirst ? bytes.latin1Slice(idFrom + ID_LENGTH, until) : bytes.latin1Slice(from, idFrom));
    if (change && this.#plan.hasOwnIds) {
      let number = 0;
      for (let at = idFrom + 1; at < idFrom + ID_LENGTH; at += 1) number = number * 10 + bytes[at] - 48;
      if (number !== subscriber) this.#fault(new Error(`subscriber ${subscriber} got a message of operation ${number}`));
    }
    return change;
  }

  #event(subscriber, message, text) {
    const event = message.payload.data.availabilityChanged;
    if (event.__typename === 'AvailabilitySnapshot') {
      if (event.isLast) this.tally.markReady(subscriber);
      return;
    }
    if (event.__typename === 'ResyncRequired') return this.#fault(new Error(`subscriber ${subscriber} was told to begin anew`));
    if (event.__typename !== 'AvailabilityChange') return this.#fault(new Error(`subscriber ${subscriber} got ${JSON.stringify(event).slice(0, 300)}`));
    const expected = operationId(this.#plan.hasOwnIds ? subscriber : 0);
    if (message.id !== expected) this.#fault(new Error(`subscriber ${subscriber} got a message of operation ${message.id}`));
    const { facilityId, version } = event.availability;
    const change = { facility: this.#facilityIndex.get(facilityId) ?? -1, version: Number(version), coalesced: event.coalescedVersions };
    const idAt = text.lastIndexOf(expected);
    // A server may write the id before the payload or after it; what is the same for everybody is on the other side.
    const isFirst = idAt < text.length / 2;
    this.#id = { isFirst, offset: isFirst ? idAt : text.length - idAt };
    if (this.#known.size >= KNOWN_CHANGES) this.#known.clear();
    this.#known.set(isFirst ? text.slice(idAt + ID_LENGTH) : text.slice(0, idAt), change);
    this.tally.take(subscriber, change, this.#at);
  }

  #fault(error) {
    if (this.faults.length < 5) this.faults.push(error.message);
    this.broken(error);
  }
}

import { fork } from 'node:child_process';
import { cpuOf, memoryOf } from '../support/cpu.mjs';
import { ended } from '../support/cluster.mjs';
import { ask, benchFile, stopAll } from '../support/servers.mjs';
import { CONTENDERS } from './contenders.mjs';

/** Bursts on their way at once: the next is being published while the last is being delivered. */
const AHEAD = 2;
const PATIENCE_MS = 60_000;
const SETTLE_MS = 1_500;
const WARM_SUBSCRIBERS = 100;

const pause = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds));
export const now = () => Number(process.hrtime.bigint()) / 1e6;

/**
 * One contender, one setup, one round: a fresh server, a fresh client with all subscribers, the measurement, the check.
 * @param {string} name
 * @param {import('./setups.mjs').Setup} setup
 */
export async function session(name, setup, city, { seconds }) {
  const stops = [];
  try {
    const contender = await CONTENDERS[name]({ ...city, places: setup.places, isWhole: setup.measure === 'ends', stops });
    await warmUp(contender, setup, stops);
    const before = memoryOf(contender.pid);
    const crowd = await openCrowd(contender, setup, stops);
    await pause(SETTLE_MS);
    const memory = before === null ? null : (memoryOf(contender.pid) - before) / setup.watches.length;
    const measured = await MEASURES[setup.measure](crowd, seconds);
    await crowd.check();
    return { name, setup: setup.name, memory, ...measured };
  } catch (error) {
    throw new Error(`${name}, ${setup.name}: ${error.message}`, { cause: error });
  } finally {
    await stopAll(stops);
  }
}

/** A few subscribers come, are told of changes and go: what a server compiles at its first is no subscriber's memory. */
async function warmUp(contender, setup, stops) {
  const few = { ...setup, watches: setup.watches.slice(0, WARM_SUBSCRIBERS) };
  const own = [];
  const crowd = await openCrowd(contender, few, own);
  stops.push(() => stopAll(own));
  await MEASURES.burst(crowd, 1);
  await crowd.check();
  await stopAll(own);
  await pause(SETTLE_MS);
}

async function openCrowd(contender, setup, stops) {
  const client = fork(benchFile('fan-out/client.mjs'));
  stops.push(() => ended(client));
  const { port, init, query, hasOwnIds, hasSnapshot } = contender;
  const facilityIds = setup.places.map(({ facilityId }) => facilityId);
  await ask(client, { act: 'open', port, init, query, hasOwnIds, hasSnapshot, wheres: setup.wheres, watches: setup.watches, facilityIds });
  await untilReady(client, contender, setup);
  await ask(client, { act: 'arm', versions: contender.versions() });
  return new Crowd(client, contender, setup);
}

/** A snapshot says that a subscription stands; where there is none, changes are published until everybody has got one. */
async function untilReady(client, contender, setup) {
  const until = now() + PATIENCE_MS;
  for (;;) {
    const { waiting } = await ask(client, { act: 'ready', patienceMs: contender.hasSnapshot ? PATIENCE_MS : 50 });
    if (waiting.length === 0) return;
    if (contender.hasSnapshot || now() > until) throw new Error(`${waiting.length} of ${setup.watches.length} subscribers got nothing in ${PATIENCE_MS / 1_000} s, the first is ${waiting[0]}`);
    await contender.publish(reaching(waiting.map(subscriber => setup.watches[subscriber])));
    await ask(client, { act: 'ready', patienceMs: 2_000 });
  }
}

/** A few facilities of which everybody watches one. */
function reaching(watches) {
  const chosen = new Set();
  for (const watched of watches) {
    if (!watched.some(facility => chosen.has(facility))) chosen.add(watched[0]);
  }
  return [...chosen];
}

/** The subscribers of a contender, and what has been published to them. */
class Crowd {
  #changesOf;
  #watchersOf;
  #next = 0;
  expected = 0;

  constructor(client, contender, setup) {
    Object.assign(this, { client, contender, setup });
    this.#changesOf = setup.places.map(() => 0);
    this.#watchersOf = setup.places.map(() => 0);
    for (const watched of setup.watches) for (const facility of watched) this.#watchersOf[facility] += 1;
  }

  /** Changes the next facilities in turn; answers which, and the how manyeth change of each this is. */
  publish(count) {
    const indexes = Array.from({ length: count }, () => this.#next++ % this.setup.places.length);
    const at = now();
    const sent = indexes.map(index => {
      this.#changesOf[index] += 1;
      this.expected += this.#watchersOf[index];
      return [index, this.#changesOf[index], at];
    });
    return { sent, done: this.contender.publish(indexes) };
  }

  /** Waits until that many have been covered. */
  async covered(count = this.expected) {
    const told = await ask(this.client, { act: 'covered', covered: count, patienceMs: PATIENCE_MS });
    if (told.isMet) return told;
    await this.check();
    throw new Error(`${told.covered} of ${count} changes came in ${PATIENCE_MS / 1_000} s`);
  }

  async check() {
    const { wrongs } = await ask(this.client, { act: 'check', changesOf: this.#changesOf });
    if (wrongs.length > 0) throw new Error(wrongs.join('; '));
  }
}

const MEASURES = {
  /** As many changes as can be delivered, in bursts: how many a second, and what one costs the server. */
  async burst(crowd, seconds) {
    await bursts(crowd, Math.min(1, seconds / 4));
    const start = { told: await crowd.covered(), cpu: cpuOf(crowd.contender.pid), at: now() };
    const end = await bursts(crowd, seconds);
    const cpu = cpuOf(crowd.contender.pid);
    const deliveries = end.deliveries - start.told.deliveries;
    return {
      deliveries,
      perSecond: deliveries / ((end.at - start.at) / 1_000),
      cpuMicros: start.cpu === null ? null : ((cpu - start.cpu) * 1_000) / deliveries,
      bytes: (end.bytes - start.told.bytes) / deliveries,
      coalesced: end.coalesced - start.told.coalesced,
    };
  },
  /** Nothing: only the memory is asked for. */
  idle: async () => ({}),
  /** One change at a time, each 400 ms. */
  trickle: (crowd, seconds) => timed(crowd, { seconds: seconds * 2, everyMs: 400 }),
  /** 500 reports a second, each a call of its own; some before them, for a server's first calls are its slowest. */
  async ends(crowd, seconds) {
    await paced(crowd, { seconds: seconds / 2, everyMs: 2 });
    return timed(crowd, { seconds, everyMs: 2 });
  },
};

async function bursts(crowd, seconds) {
  const until = now() + seconds * 1_000;
  const goals = [];
  do {
    await crowd.publish(crowd.setup.burst).done;
    goals.push(crowd.expected);
    if (goals.length >= AHEAD) await crowd.covered(goals.shift());
  } while (now() < until);
  return crowd.covered();
}

/** Milliseconds from the sending of each change to every receipt. */
async function timed(crowd, pace) {
  await ask(crowd.client, { act: 'record' });
  const start = { told: await crowd.covered(), cpu: cpuOf(crowd.contender.pid), at: now() };
  const sent = await paced(crowd, pace);
  const cpu = cpuOf(crowd.contender.pid);
  const elapsed = (now() - start.at) / 1_000;
  const deliveries = (await crowd.covered()).deliveries - start.told.deliveries;
  const latencies = await ask(crowd.client, { act: 'latencies', sent });
  if (latencies.count !== deliveries) throw new Error(`${latencies.count} of ${deliveries} deliveries have an instant`);
  return { deliveries, perSecond: deliveries / elapsed, cpuMicros: start.cpu === null ? null : ((cpu - start.cpu) * 1_000) / deliveries, ...latencies };
}

/** Changes one at a time at their own pace, whatever becomes of those before; settles when all have come. */
async function paced(crowd, { seconds, everyMs }) {
  const startedAt = now();
  const sent = [];
  const done = [];
  for (let nth = 0; nth * everyMs < seconds * 1_000; nth += 1) {
    const early = startedAt + nth * everyMs - now();
    if (early > 0) await pause(early);
    const published = crowd.publish(1);
    sent.push(...published.sent);
    done.push(published.done);
  }
  await Promise.all(done);
  await crowd.covered();
  return sent;
}

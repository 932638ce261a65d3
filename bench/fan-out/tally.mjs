/**
 * What every subscriber has got, checked as it comes: each change of a facility must follow the one before it, whole or
 * merged with notice, and nothing must come that was not asked for.
 */
export class Tally {
  #armed = false;
  /** The version that a facility had before the first counted change; -1 where the first change to come will tell. */
  #base;
  /** The last version that a subscriber got of a facility; 0 for none. */
  #last;
  #watched;
  #facilities;
  /** Instants of receipt by change, while somebody asks for them. @type {Map<number, number[]> | null} */
  #receipts = null;
  /** What somebody waits for: so many covered, so many ready. */
  #coveredGoal = { count: Infinity, tell: () => {} };
  #readyGoal = { count: Infinity, tell: () => {} };
  #ready;
  #readyCount = 0;
  #countedOf;

  deliveries = 0;
  /** Deliveries, and what was merged into them. */
  covered = 0;
  coalesced = 0;
  /** @type {string[]} */
  wrongs = [];

  /** @param {{ subscribers: number, facilities: number, watches: readonly (readonly number[])[] }} plan */
  constructor({ subscribers, facilities, watches }) {
    this.#facilities = facilities;
    this.#last = new Int32Array(subscribers * facilities);
    this.#countedOf = new Int32Array(subscribers * facilities);
    this.#base = new Int32Array(facilities).fill(-1);
    this.#ready = new Uint8Array(subscribers);
    this.#watched = new Uint8Array(subscribers * facilities);
    watches.forEach((watched, subscriber) => watched.forEach(facility => (this.#watched[subscriber * facilities + facility] = 1)));
  }

  /** Whoever has got anything is known to be subscribed. */
  markReady(subscriber) {
    if (this.#ready[subscriber]) return;
    this.#ready[subscriber] = 1;
    this.#readyCount += 1;
    if (this.#readyCount >= this.#readyGoal.count) this.#meet('ready');
  }

  /** The subscribers that have not yet got anything. */
  unready() {
    return Array.from(this.#ready.keys()).filter(subscriber => !this.#ready[subscriber]);
  }

  /** Counts from here. `versions` are those that went before, where the publisher knows them. */
  arm(versions) {
    this.#armed = true;
    if (versions) this.#base.set(versions);
  }

  record(keeps) {
    this.#receipts = keeps ? new Map() : null;
  }

  get records() {
    return this.#receipts !== null;
  }

  /** @param {{ facility: number, version: number, coalesced: number }} change */
  take(subscriber, change, at) {
    const { facility, version, coalesced } = change;
    this.markReady(subscriber);
    if (!this.#armed) return;
    const place = subscriber * this.#facilities + facility;
    if (facility < 0 || !this.#watched[place]) return this.#complain(`subscriber ${subscriber} got facility ${facility}, which it did not ask for`);
    if (this.#base[facility] < 0) this.#base[facility] = version - coalesced - 1;
    // What was published to find out who is there may still be on its way.
    if (version <= this.#base[facility]) return;
    const before = this.#last[place] || this.#base[facility];
    if (version - coalesced !== before + 1) this.#complain(`subscriber ${subscriber} got version ${version} of facility ${facility} (${coalesced} merged) after ${before}`);
    this.#last[place] = version;
    this.#countedOf[place] += 1 + coalesced;
    this.deliveries += 1;
    this.coalesced += coalesced;
    this.covered += 1 + coalesced;
    if (this.#receipts) this.#receive(facility, version, at);
    if (this.covered >= this.#coveredGoal.count) this.#meet('covered');
  }

  whenCovered(count, tell) {
    this.#coveredGoal = { count, tell };
    if (this.covered >= count) this.#meet('covered');
  }

  whenReady(count, tell) {
    this.#readyGoal = { count, tell };
    if (this.#readyCount >= count) this.#meet('ready');
  }

  /** What is wrong: of each facility every subscriber that watches it must have got every change. */
  missing(changesOf) {
    const found = [...this.wrongs];
    for (let place = 0; place < this.#last.length; place += 1) {
      const expected = this.#watched[place] ? changesOf[place % this.#facilities] : 0;
      if (this.#countedOf[place] !== expected && found.length < 5) found.push(`subscriber ${Math.floor(place / this.#facilities)} got ${this.#countedOf[place]} of ${expected} changes of facility ${place % this.#facilities}`);
    }
    return found;
  }

  /** Milliseconds from the sending of each change to each receipt, in order. `sent`: facility, its how manyeth change, instant. */
  latencies(sent) {
    const all = [];
    for (const [facility, nth, at] of sent) {
      for (const received of this.#receipts.get(this.#nameOf(facility, this.#base[facility] + nth)) ?? []) all.push(received - at);
    }
    return Float64Array.from(all).sort();
  }

  #nameOf(facility, version) {
    return version * this.#facilities + facility;
  }

  #receive(facility, version, at) {
    const name = this.#nameOf(facility, version);
    const known = this.#receipts.get(name);
    if (known) known.push(at);
    else this.#receipts.set(name, [at]);
  }

  #complain(words) {
    if (this.wrongs.length < 5) this.wrongs.push(words);
  }

  #meet(which) {
    const { tell } = which === 'ready' ? this.#readyGoal : this.#coveredGoal;
    if (which === 'ready') this.#readyGoal = { count: Infinity, tell: () => {} };
    else this.#coveredGoal = { count: Infinity, tell: () => {} };
    tell();
  }
}

import { ModernFakeTimers } from '@jest/fake-timers';
import { ModuleMocker } from 'jest-mock';
import { lendCluster } from './cluster-lender.mjs';

/**
 * The worker's own realm, where every suite runs, and clusters to borrow: `borrowCluster` stands in every suite on the
 * embedded back end. What a suite leaves behind is taken back when it ends: clusters that it did not give back, because
 * it crashed or never closed, and what it or Jest changed of the process.
 */
export default class LendingEnvironment {
  global = globalThis;
  moduleMocker = new ModuleMocker(globalThis);
  fakeTimers = null;
  #loans = [];
  #before = processState();

  constructor({ projectConfig }) {
    this.fakeTimersModern = new ModernFakeTimers({ config: projectConfig, global: globalThis });
  }

  exportConditions() {
    return ['node', 'node-addons'];
  }

  /** No suite is run in a context of its own. */
  getVmContext() {
    return null;
  }

  async setup() {
    if (process.env.DATABASE_URL) return;
    this.global.borrowCluster = async () => {
      const { openEmbedded } = await import('../../dist/src/platform/embedded-database.js');
      const loan = await lendCluster(openEmbedded);
      this.#loans.push(loan);
      return loan;
    };
  }

  async teardown() {
    for (const loan of this.#loans) loan.giveBack();
    this.fakeTimersModern.dispose();
    putBack(this.#before);
  }
}

function processState() {
  return { console: globalThis.console, exit: process.exit, environment: { ...process.env } };
}

function putBack({ console, exit, environment }) {
  globalThis.console = console;
  process.exit = exit;
  for (const name of Object.keys(process.env)) if (!Object.hasOwn(environment, name)) delete process.env[name];
  Object.assign(process.env, environment);
}

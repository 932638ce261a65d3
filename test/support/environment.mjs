import { TestEnvironment } from 'jest-environment-node';
import { lendCluster } from './cluster-lender.mjs';

/**
 * Node's environment, and clusters to borrow: `borrowCluster` stands in every suite on the embedded back end. What a
 * suite did not give back, because it crashed or never closed, is taken from it when it ends.
 */
export default class LendingEnvironment extends TestEnvironment {
  #loans = [];

  async setup() {
    await super.setup();
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
    await super.teardown();
  }
}

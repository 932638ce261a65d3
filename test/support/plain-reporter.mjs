/** Ends a run with one plain line that any log reader understands, and names the back ends the suites ran on. */
export default class PlainReporter {
  onRunComplete(_contexts, results) {
    const backEnds = process.env.DATABASE_URL ? 'PostgreSQL' : 'embedded PGlite';
    const bus = process.env.REDIS_URL ? 'Redis' : 'the in-process bus';
    console.log(`Ran on ${backEnds} and ${bus}.`);
    console.log(`${results.numPassedTests} passed, ${results.numFailedTests + results.numRuntimeErrorTestSuites} failed`);
  }
}

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestServer, type TestServer } from '../server/running.js';
import { startBrowser, type Browser, type Page } from './chromium.js';

let server: TestServer;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  server = await startTestServer();
  browser = await startBrowser();
  page = await browser.open();
  await page.goTo(new URL('/explorer', server.url).href);
  await page.until(`document.querySelector('.graphiql-query-editor .CodeMirror')?.CodeMirror !== undefined`);
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

const SHOWN = `document.querySelector('.result-window .CodeMirror').CodeMirror.getValue()`;

const EDITOR = `document.querySelector('.graphiql-query-editor .CodeMirror').CodeMirror`;

/** Writes a query, and runs it once the editor has read what was written. */
async function run(query: string): Promise<void> {
  await page.read(`${EDITOR}.setValue(${JSON.stringify(query)})`);
  await page.until(`${EDITOR}.documentAST?.loc?.source.body === ${JSON.stringify(query)}`);
  await page.read(`document.querySelector('.graphiql-execute-button').click()`);
}

test('the explorer asks a query of this server, and nothing of another host', async () => {
  await run('{ serviceInfo { policyInForceOn } }');
  await page.until(`${SHOWN}.includes('2022-07-19')`);

  expect(page.requests.filter(address => !address.startsWith('data:') && new URL(address).host !== new URL(server.url).host)).toEqual([]);
  expect(page.errors).toEqual([]);
});

test('the explorer shows a live stream: a subscription begins with its snapshot', async () => {
  await run('subscription { availabilityChanged { __typename ... on AvailabilitySnapshot { isLast } } }');
  await page.until(`${SHOWN}.includes('AvailabilitySnapshot')`);

  expect(JSON.parse(await page.read<string>(SHOWN)).data.availabilityChanged).toEqual({ __typename: 'AvailabilitySnapshot', isLast: true });
  expect(page.errors).toEqual([]);
});

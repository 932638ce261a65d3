import { expect, test } from '@jest/globals';
import { RefusedCall, ReportClient } from '../../src/exchange/report-client.js';

const TALLY = { accepted: 1, ignored: 0, quarantined: 0, receipts: [{ verdict: 'ACCEPTED', reason: null, message: null }] };
const done = { data: { reportOccupancy: { ...TALLY, userErrors: [] } } };
const error = (code: string, told: object = {}) => ({ errors: [{ message: `it is ${code}`, extensions: { code, ...told } }] });

/** A server that answers by a list, and who asked it. */
function client(answers: ReadonlyArray<object | Error | string>, stopAfter = Infinity) {
  const stopping = new AbortController();
  const asked: Array<{ url: string; key: string; body: any }> = [];
  const waits: number[] = [];
  const send = (async (url: string, { headers, body }: { headers: Record<string, string>; body: string }) => {
    asked.push({ url, key: headers.authorization!, body: JSON.parse(body) });
    if (asked.length >= stopAfter) stopping.abort();
    const answer = answers[Math.min(asked.length, answers.length) - 1]!;
    if (answer instanceof Error) throw answer;
    return new Response(typeof answer === 'string' ? answer : JSON.stringify(answer));
  }) as unknown as typeof fetch;
  const reporting = new ReportClient({ url: 'http://127.0.0.1:4000', key: 'k', signal: stopping.signal, pause: async milliseconds => void waits.push(milliseconds), fetch: send });
  return { asked, waits, told: () => reporting.send('reportOccupancy', { reports: [], idempotencyKey: 'one' }) };
}

test('a call goes to /graphql with its key, and answers the tally', async () => {
  const { asked, told } = client([done]);

  expect(await told()).toMatchObject(TALLY);
  expect(asked).toMatchObject([{ url: 'http://127.0.0.1:4000/graphql', key: 'Bearer k', body: { variables: { input: { reports: [], idempotencyKey: 'one' } } } }]);
});

test('a server that is away, overloaded or asks for patience is asked again with the same key, as late as it says', async () => {
  const { asked, waits, told } = client([new TypeError('fetch failed'), '<html>502</html>', error('SERVICE_UNAVAILABLE', { retryAfterMs: 1_000 }), error('RATE_LIMITED', { resetMs: 31_000 }), error('CONFLICT', { reason: 'IN_PROGRESS' }), done]);

  expect(await told()).toMatchObject({ accepted: 1 });
  expect(waits).toEqual([500, 1_000, 1_000, 31_000, 8_000]);
  expect(new Set(asked.map(({ body }) => JSON.stringify(body))).size).toBe(1);
});

test.each(['UNAUTHENTICATED', 'FORBIDDEN', 'BAD_USER_INPUT', 'TOO_COSTLY'])('%s is final, in the server’s own words', async code => {
  const { asked, told } = client([error(code)]);

  await expect(told()).rejects.toThrow(RefusedCall);
  await expect(told()).rejects.toThrow(`it is ${code}`);
  expect(asked).toHaveLength(2);
});

test('a refusal by a rule is final too', async () => {
  const { told } = client([{ data: { reportOccupancy: { ...TALLY, userErrors: [{ message: 'no such feed' }] } } }]);

  await expect(told()).rejects.toThrow('no such feed');
});

test('the signal ends the waiting without an answer', async () => {
  const { asked, told } = client([error('SERVICE_UNAVAILABLE')], 3);

  expect(await told()).toBeNull();
  expect(asked).toHaveLength(3);
});

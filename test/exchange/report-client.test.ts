import { expect, test } from '@jest/globals';
import { MOST_AWAY_MS, RefusedCall, ReportClient, type ServerWait } from '../../src/exchange/report-client.js';
import { waitLine } from '../../src/exchange/replay-command.js';

const TALLY = { accepted: 1, ignored: 0, quarantined: 0, receipts: [{ verdict: 'ACCEPTED', reason: null, message: null }] };
const done = { data: { reportOccupancy: { ...TALLY, userErrors: [] } } };
const error = (code: string, told: object = {}) => ({ errors: [{ message: `it is ${code}`, extensions: { code, ...told } }] });

/** A server that answers by a list, and who asked it. */
function client(answers: ReadonlyArray<object | Error | string>, stopAfter = Infinity) {
  const stopping = new AbortController();
  const asked: Array<{ url: string; key: string; body: any }> = [];
  const waits: number[] = [];
  const heard: ServerWait[] = [];
  const send = (async (url: string, { headers, body }: { headers: Record<string, string>; body: string }) => {
    asked.push({ url, key: headers.authorization!, body: JSON.parse(body) });
    if (asked.length >= stopAfter) stopping.abort();
    const answer = answers[Math.min(asked.length, answers.length) - 1]!;
    if (answer instanceof Error) throw answer;
    return new Response(typeof answer === 'string' ? answer : JSON.stringify(answer));
  }) as unknown as typeof fetch;
  const reporting = new ReportClient({ url: 'http://127.0.0.1:4000', key: 'k', signal: stopping.signal, pause: async milliseconds => void waits.push(milliseconds), fetch: send, onWait: wait => heard.push(wait) });
  return { asked, waits, heard, told: () => reporting.send('reportOccupancy', { reports: [], idempotencyKey: 'one' }) };
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

test('every wait is told before it is made, with its reason and how long it has been', async () => {
  const { heard, told } = client([new TypeError('fetch failed'), error('RATE_LIMITED', { resetMs: 31_000 }), '<html>502</html>', done]);

  await told();

  expect(heard).toEqual([{ reason: 'AWAY', forMs: 500, waitedMs: 0 }, { reason: 'BUSY', forMs: 31_000, waitedMs: 500 }, { reason: 'AWAY', forMs: 2_000, waitedMs: 31_500 }]);
  expect(heard.map(waitLine)).toEqual([
    '服务无应答，1 秒后再试（已等 0 秒） / the server does not answer: again in 1 s (0 s so far)',
    '服务请稍候，31 秒后再试（已等 1 秒） / the server asks for patience: again in 31 s (1 s so far)',
    '服务无应答，2 秒后再试（已等 32 秒） / the server does not answer: again in 2 s (32 s so far)',
  ]);
});

test('a server that stays away is given up after half an hour, in words; one that only asks for patience is not', async () => {
  const gone = client([new TypeError('fetch failed')]);
  await expect(gone.told()).rejects.toThrow('the server http://127.0.0.1:4000/graphql has been away for 30 min: given up');
  expect(gone.waits.reduce((sum, wait) => sum + wait, 0)).toBe(MOST_AWAY_MS - 8_500);

  const busy = client([...Array.from({ length: 200 }, () => error('SERVICE_UNAVAILABLE')), done]);
  expect(await busy.told()).toMatchObject({ accepted: 1 });
  expect(busy.waits).toHaveLength(200);
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

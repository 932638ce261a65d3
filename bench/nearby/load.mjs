import { connect } from 'node:net';

// One process that asks as fast as answers come, over connections that stay open; it parses no more of HTTP than it
// needs, because it shares the machine with what it measures.
process.on('message', async job => process.send(await run(job)));

/** @param {{ port: number, path: string, headers: string, bodies: Array<string | { headers: string, body: string }>, concurrency: number, seconds: number, most?: number, expected?: string | null }} job */
async function run({ port, path, headers, bodies, concurrency, seconds, most = Infinity, expected = null }) {
  // A body may bring headers of its own, where not every call is the same caller's.
  const requests = bodies.map(each => {
    const { headers: own, body } = typeof each === 'string' ? { headers, body: each } : each;
    return Buffer.from(`POST ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-type: application/json\r\naccept: application/json\r\n${own}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  });
  const state = { next: 0, most, until: performance.now() + seconds * 1_000, latencies: [], failed: 0, failure: null, refused: [], bytes: 0, expected };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: concurrency }, () => talk(port, requests, state)));
  const elapsed = (performance.now() - startedAt) / 1_000;
  const sorted = Float64Array.from(state.latencies).sort();
  const at = share => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? null;
  return { requests: sorted.length, failed: state.failed, failure: state.failure, refused: state.refused, perSecond: sorted.length / elapsed, p50: at(0.5), p99: at(0.99), bytes: state.bytes / Math.max(1, sorted.length) };
}

function talk(port, requests, state) {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    let sentAt = 0;
    let received = [];
    let length = 0;
    let asked = 0;
    const ask = () => {
      if (performance.now() >= state.until || state.next >= state.most) {
        socket.destroy();
        resolve();
        return;
      }
      received = [];
      length = 0;
      sentAt = performance.now();
      asked = state.next++;
      socket.write(requests[asked % requests.length]);
    };
    socket.on('connect', ask);
    socket.on('data', chunk => {
      received.push(chunk);
      length += chunk.length;
      const whole = received.length === 1 ? chunk : Buffer.concat(received);
      const end = answerEnd(whole);
      if (end === null) return;
      const status = whole.subarray(9, 12).toString();
      // An overloaded server that says so has done nothing: who asked has to come again.
      if (status === '503') {
        state.refused.push(asked);
        return ask();
      }
      if (status !== '200' || whole.includes('"errors"') || (state.expected !== null && !whole.includes(state.expected))) {
        state.failed += 1;
        state.failure ??= `${status} ${whole.toString('utf8', whole.indexOf('\r\n\r\n') + 4).slice(0, 1_000)}`;
      }
      state.latencies.push(performance.now() - sentAt);
      state.bytes += length;
      ask();
    });
    socket.on('error', reject);
  });
}

/** Where the answer ends, or null while it is still coming. */
function answerEnd(bytes) {
  const head = bytes.indexOf('\r\n\r\n');
  if (head < 0) return null;
  const headers = bytes.subarray(0, head).toString('latin1').toLowerCase();
  const told = /content-length: (\d+)/.exec(headers);
  if (told) return bytes.length >= head + 4 + Number(told[1]) ? head + 4 + Number(told[1]) : null;
  return bytes.subarray(-5).toString('latin1') === '0\r\n\r\n' ? bytes.length : null;
}

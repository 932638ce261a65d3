import { createClient } from '@redis/client';
import { Sender, WebSocketServer } from 'ws';
import { EVERY_CHANNEL, channelOf, operationId } from './change.mjs';
import { contains } from './boxes.mjs';

// The least that can be done: a change is framed once and the same bytes are written to every socket that waits for it.
// It asks nobody who they are, reads no query, sends everybody the same operation id, and has no bound for a slow reader.
// FLOOR_GATHERS=1 joins the frames of one turn of the event loop into one write a socket.
const gathers = process.env.FLOOR_GATHERS === '1';
const places = new Map(JSON.parse(process.env.FLOOR_FACILITIES).map(([facilityId, longitude, latitude]) => [channelOf(facilityId), { facilityId, longitude, latitude }]));

/** Those who asked for the same, by what they asked. @type {Map<string, { wanted: object, sockets: Set<import('node:net').Socket>, pending: Buffer[] }>} */
const audiences = new Map();
/** Who waits for a facility: found once, for the floor's index must be as good as any. */
const audiencesOf = new Map();
const due = new Set();

const sockets = new WebSocketServer({ host: '127.0.0.1', port: Number(process.env.PORT), path: '/graphql', perMessageDeflate: false });
sockets.on('connection', socket => {
  socket.on('message', data => {
    const message = JSON.parse(String(data));
    if (message.type === 'connection_init') socket.send('{"type":"connection_ack"}');
    if (message.type === 'subscribe') join(socket, message.payload.variables.where);
  });
});

function join(socket, wanted) {
  const name = JSON.stringify(wanted);
  const audience = audiences.get(name) ?? { wanted, sockets: new Set(), pending: [] };
  audiences.set(name, audience);
  audience.sockets.add(socket._socket);
  audiencesOf.clear();
  socket.once('close', () => {
    audience.sockets.delete(socket._socket);
    if (audience.sockets.size === 0) audiences.delete(name);
    audiencesOf.clear();
  });
}

const wants = (wanted, place) => (wanted.ids ? wanted.ids.includes(place.facilityId) : contains(wanted.within.box, place));

function waiting(channel) {
  const known = audiencesOf.get(channel);
  if (known) return known;
  const found = [...audiences.values()].filter(({ wanted }) => wants(wanted, places.get(channel)));
  audiencesOf.set(channel, found);
  return found;
}

function framed(text) {
  const { availabilityChanged } = JSON.parse(text);
  const message = JSON.stringify({ id: operationId(0), type: 'next', payload: { data: { availabilityChanged } } });
  return Buffer.concat(Sender.frame(Buffer.from(message), { fin: true, rsv1: false, opcode: 1, mask: false, readOnly: false }));
}

function write(audience, bytes) {
  for (const socket of audience.sockets) socket.write(bytes);
}

function flush() {
  for (const audience of due) {
    write(audience, audience.pending.length === 1 ? audience.pending[0] : Buffer.concat(audience.pending));
    audience.pending = [];
  }
  due.clear();
}

const redis = createClient({ url: process.env.REDIS_URL });
redis.on('error', error => process.stderr.write(`floor: ${error.message}\n`));
await redis.connect();
await redis.pSubscribe(EVERY_CHANNEL, (text, channel) => {
  const bytes = framed(text);
  for (const audience of waiting(channel)) {
    if (!gathers) {
      write(audience, bytes);
      continue;
    }
    if (due.size === 0) setImmediate(flush);
    audience.pending.push(bytes);
    due.add(audience);
  }
});

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestScope } from '../../platform/index.js';
import { badInput, notFound } from '../../platform/graphql/index.js';
import type { Reply } from './provider.js';
import { findLocalProvider, findProvider, notifyUrlOf } from './providers.js';
import { takeNotification } from './take-notification.js';

type Parameters = Readonly<Record<string, string>>;
type Handle = (request: IncomingMessage, response: ServerResponse, scope: RequestScope, parameters: Parameters) => Promise<void>;

/** The paths of this room, in the shape that the server's slot takes. */
export const paymentRoutes: ReadonlyArray<{ readonly method: 'POST'; readonly path: string; readonly handle: Handle }> = [
  { method: 'POST', path: '/payments/:provider/notifications', handle: postNotification },
  { method: 'POST', path: '/payments/local/orders/:orderNumber/pay', handle: postLocalPay },
];

/** No notification of any provider comes near it. */
const MOST_BYTES = 65_536;

/** POST /payments/{provider}/notifications: the answer is the provider's own protocol, not ours. */
async function postNotification(request: IncomingMessage, response: ServerResponse, scope: RequestScope, parameters: Parameters): Promise<void> {
  const provider = findProvider(scope.services, parameters.provider ?? '');
  if (!provider) throw notFound('provider', parameters.provider ?? '');
  const body = await rawBody(request);
  if (body === null) return answer(response, provider.reply('MALFORMED'), { connection: 'close' });
  return answer(response, await takeNotification(scope.services, provider, { headers: request.headers, body }, scope.traceId));
}

/** The bytes as they came, which is what was signed; null where there are too many. */
async function rawBody(request: IncomingMessage): Promise<Buffer | null> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > MOST_BYTES) return null;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function answer(response: ServerResponse, { status, body }: Reply, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', ...headers }).end(body);
}

/** POST /payments/local/orders/{orderNumber}/pay: what a payer's wallet does, with play money. It is there only where play money is. */
async function postLocalPay(request: IncomingMessage, response: ServerResponse, scope: RequestScope, parameters: Parameters): Promise<void> {
  const provider = findLocalProvider(scope.services);
  const orderNumber = parameters.orderNumber ?? '';
  if (!provider) throw notFound('provider', 'local');
  // Our own socket, and not the Host that the caller names: nobody sends us to another's address.
  const { localAddress = '127.0.0.1', localPort } = request.socket;
  const host = localAddress.includes(':') ? `[${localAddress}]` : localAddress;
  const isPaid = await provider.pay(orderNumber, notifyUrlOf(`http://${host}:${localPort}`, 'local'));
  if (!isPaid) throw badInput({ zh: `订单 ${orderNumber.slice(0, 40)} 不存在、已付、已关闭或已超时`, en: `the order ${orderNumber.slice(0, 40)} does not exist, is paid, closed or has run out` }, 'orderNumber');
  await provider.deliver();
  answer(response, { status: 200, body: '{"paid":true}' });
}

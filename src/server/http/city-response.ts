import { IncomingMessage, ServerResponse, type OutgoingHttpHeaders } from 'node:http';
import helmet from 'helmet';

const secure = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      // The explorer's editor places its cursor and its panes by style attributes.
      styleSrc: ["'self'", "'unsafe-inline'"],
      connectSrc: ["'self'"],
      imgSrc: ["'self'", 'data:'],
      fontSrc: ["'self'", 'data:'],
      baseUri: ["'none'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
    },
  },
  // Behind the city's proxy TLS is its matter; on a developer's machine there is none.
  strictTransportSecurity: false,
});

/** What helmet sets, asked once: it says the same of every answer. Names and values by turns. */
const SECURITY_HEADERS = securityHeaders();
/** For a page with a policy of its own: two of them would both hold. */
const WITHOUT_POLICY = SECURITY_HEADERS.toSpliced(SECURITY_HEADERS.indexOf('content-security-policy'), 2);

/** An answer of ours: whoever writes its head, the headers of security leave with it. */
export class CityResponse extends ServerResponse {
  /** Headers of this exchange besides, names and values by turns. */
  standing: readonly string[] = [];

  /** Takes headers as an object only, and no reason phrase: nobody here says either otherwise. */
  override writeHead(status: number, ...[headers = {}]: unknown[]): this {
    const hasPolicy = Object.hasOwn(headers as OutgoingHttpHeaders, 'content-security-policy');
    const all: unknown[] = [...(hasPolicy ? WITHOUT_POLICY : SECURITY_HEADERS), ...this.standing];
    for (const [name, value] of Object.entries(headers as OutgoingHttpHeaders)) all.push(name, value);
    return super.writeHead(status, all as never);
  }
}

function securityHeaders(): readonly string[] {
  const response = new ServerResponse(new IncomingMessage(null as never));
  secure(response.req, response, () => undefined);
  return Object.entries(response.getHeaders()).flatMap(([name, value]) => [name, String(value)]);
}

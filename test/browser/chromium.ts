import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import WebSocket from 'ws';

/** Where Debian and others put it; CHROMIUM_PATH names another place. */
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The browser's program; without one the suite fails in words that say what to do. */
export function chromiumPath(): string {
  const named = process.env.CHROMIUM_PATH;
  if (named !== undefined && !existsSync(named)) throw new Error(`CHROMIUM_PATH names ${named}, where there is no file`);
  const found = named ?? PLACES.find(path => existsSync(path));
  if (found === undefined) throw new Error(`No Chromium was found at ${PLACES.join(', ')}: install it (Debian: apt-get install chromium) or set CHROMIUM_PATH`);
  return found;
}

/** A page under test, and what it did that nobody may see: errors, and requests. */
export interface Page {
  /** Errors of scripts, of the console and of the security policy. */
  readonly errors: string[];
  /** Every address asked for. */
  readonly requests: string[];
  goTo(url: string): Promise<void>;
  /** The value of an expression in the page. */
  read<T>(expression: string): Promise<T>;
  /** Waits in the page until an expression is true, watching every frame; fails with what it saw last. */
  until(expression: string, milliseconds?: number): Promise<void>;
  press(key: string): Promise<void>;
  screenshot(): Promise<Buffer>;
  dark(isDark: boolean): Promise<void>;
}

export interface Browser {
  open(size?: { width: number; height: number }): Promise<Page>;
  close(): Promise<void>;
}

/** Starts a headless browser with a profile of its own, spoken to by its own protocol: no library stands between. */
export async function startBrowser(): Promise<Browser> {
  const profile = mkdtempSync(join(tmpdir(), 'chaowei-browser-'));
  const child = spawn(chromiumPath(), ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--hide-scrollbars', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--force-color-profile=srgb', `--user-data-dir=${profile}`, '--remote-debugging-port=0', 'about:blank'], { stdio: ['ignore', 'ignore', 'pipe'] });
  const protocol = await Protocol.open(await addressOf(child));
  return {
    open: size => openPage(protocol, size ?? { width: 1440, height: 900 }),
    async close() {
      protocol.close();
      await new Promise<void>(resolve => {
        child.once('exit', () => resolve());
        child.kill('SIGTERM');
      });
      rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
  };
}

function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stderr!.on('data', chunk => {
      said += String(chunk);
      const address = /ws:\/\/\S+/.exec(said)?.[0];
      if (address) resolve(address);
    });
    child.once('error', reject);
    child.once('exit', code => reject(new Error(`Chromium ended with ${code}: ${said}`)));
  });
}

type Listener = (method: string, parameters: any) => void;

/** The DevTools protocol: numbered calls and events over one socket, pages told apart by a session. */
class Protocol {
  #next = 1;
  readonly #calls = new Map<number, { resolve(value: any): void; reject(error: Error): void }>();
  readonly #listeners = new Map<string, Listener>();

  private constructor(private readonly socket: WebSocket) {
    socket.on('message', message => this.#hear(JSON.parse(String(message))));
  }

  static async open(address: string): Promise<Protocol> {
    const socket = new WebSocket(address, { perMessageDeflate: false });
    await new Promise((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    return new Protocol(socket);
  }

  call(method: string, parameters: object = {}, sessionId?: string): Promise<any> {
    const id = this.#next++;
    this.socket.send(JSON.stringify({ id, method, params: parameters, sessionId }));
    return new Promise((resolve, reject) => this.#calls.set(id, { resolve, reject }));
  }

  listen(sessionId: string, listener: Listener): void {
    this.#listeners.set(sessionId, listener);
  }

  close(): void {
    this.socket.terminate();
  }

  #hear(message: { id?: number; result?: unknown; error?: { message: string }; method?: string; params?: unknown; sessionId?: string }): void {
    if (message.id === undefined) return this.#listeners.get(message.sessionId ?? '')?.(message.method!, message.params);
    const call = this.#calls.get(message.id);
    this.#calls.delete(message.id);
    if (message.error) call?.reject(new Error(message.error.message));
    else call?.resolve(message.result);
  }
}

async function openPage(protocol: Protocol, { width, height }: { width: number; height: number }): Promise<Page> {
  const { targetId } = await protocol.call('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await protocol.call('Target.attachToTarget', { targetId, flatten: true });
  const call = (method: string, parameters: object = {}): Promise<any> => protocol.call(method, parameters, sessionId);
  const page = { errors: [] as string[], requests: [] as string[] };
  let loaded = (): void => undefined;
  protocol.listen(sessionId, (method, parameters) => {
    if (method === 'Page.loadEventFired') loaded();
    page.errors.push(...errorsOf(method, parameters));
    const asked = method === 'Network.requestWillBeSent' ? parameters.request.url : method === 'Network.webSocketCreated' ? parameters.url : null;
    if (asked !== null) page.requests.push(asked);
  });
  for (const domain of ['Page', 'Runtime', 'Network', 'Log']) await call(`${domain}.enable`);
  await call('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false });
  const read = async <T>(expression: string): Promise<T> => {
    const { result, exceptionDetails } = await call('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails) throw new Error(`${expression}: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`);
    return result.value as T;
  };
  return {
    ...page,
    read,
    async goTo(url) {
      const arrived = new Promise<void>(resolve => (loaded = resolve));
      await call('Page.navigate', { url });
      await arrived;
    },
    async until(expression, milliseconds = 10_000) {
      const isMet = await read<boolean>(`new Promise(resolve => { const end = performance.now() + ${milliseconds}; const look = () => { let is = false; try { is = Boolean(${expression}); } catch {} if (is || performance.now() > end) resolve(is); else requestAnimationFrame(look); }; look(); })`);
      if (!isMet) throw new Error(`not within ${milliseconds} ms: ${expression}\n${await read<string>('document.body.innerText.slice(0, 2000)')}`);
    },
    async press(key) {
      const text = key.length === 1 ? { text: key } : key === 'Enter' ? { text: '\r' } : {};
      await call('Input.dispatchKeyEvent', { type: 'keyDown', key, ...text });
      await call('Input.dispatchKeyEvent', { type: 'keyUp', key });
    },
    screenshot: async () => Buffer.from((await call('Page.captureScreenshot', { format: 'png' })).data, 'base64'),
    dark: async isDark => void (await call('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: isDark ? 'dark' : 'light' }] })),
  };
}

function errorsOf(method: string, parameters: any): string[] {
  if (method === 'Runtime.exceptionThrown') return [parameters.exceptionDetails.exception?.description ?? parameters.exceptionDetails.text];
  if (method === 'Runtime.consoleAPICalled' && parameters.type === 'error') return [parameters.args.map((each: any) => each.value ?? each.description).join(' ')];
  if (method === 'Log.entryAdded' && parameters.entry.level === 'error') return [`${parameters.entry.text} ${parameters.entry.url ?? ''}`];
  return [];
}

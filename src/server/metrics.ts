import type { Services } from '../platform/index.js';
import { feedsByState } from '../availability/index.js';
import { noticeDeliveries } from '../identity/index.js';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What the process counts about itself, in Prometheus' text at /metrics. No label ever holds what a caller wrote. */
export interface Metrics {
  readonly registry: Registry;
  observeRequest(route: string, status: number, seconds: number): void;
  countError(transport: 'http' | 'websocket', code: string): void;
  openSockets(change: 1 | -1): void;
  countCost(limitClass: string, points: number): void;
  /** As /readyz says it. */
  setReady(isReady: boolean): void;
}

export function createMetrics(services: Services): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'chaowei_' });
  const registers = [registry];
  const requests = new Histogram({ name: 'chaowei_http_request_seconds', help: 'Duration of requests', labelNames: ['route', 'status'], buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5], registers });
  const errors = new Counter({ name: 'chaowei_graphql_errors_total', help: 'Errors in answers by code of the closed list', labelNames: ['transport', 'code'], registers });
  const sockets = new Gauge({ name: 'chaowei_websockets', help: 'Open WebSockets', registers });
  const cost = new Counter({ name: 'chaowei_cost_points_total', help: 'Points of cost admitted by class of caller', labelNames: ['class'], registers });
  const feeds = new Gauge({
    name: 'chaowei_occupancy_feeds',
    help: 'Feeds of occupancy reports by state: alert on SILENT and DRIFTING',
    labelNames: ['state'],
    registers: [],
    async collect() {
      // A database that is away must not take the other figures with it: the old ones go, no wrong ones come.
      const states = await feedsByState(services).catch(() => ({}));
      this.reset();
      for (const [state, count] of Object.entries(states)) this.set({ state }, count);
    },
  });
  registry.registerMetric(feeds);
  const deliveries = new Gauge({
    name: 'chaowei_notice_deliveries',
    help: 'Deliveries of notices by push and SMS: PENDING wait for a try, DEAD were given up',
    labelNames: ['state'],
    registers: [],
    async collect() {
      const counted = await noticeDeliveries(services).catch(() => null);
      this.reset();
      if (counted === null) return;
      this.set({ state: 'PENDING' }, counted.pending);
      this.set({ state: 'DEAD' }, counted.dead);
    },
  });
  registry.registerMetric(deliveries);
  const woken = new Gauge({
    name: 'chaowei_live_bus_connected',
    help: 'Whether changes come by the bus: 0 means that this server polls the log',
    registers: [],
    collect() {
      this.set(services.live.isConnected() ? 1 : 0);
    },
  });
  registry.registerMetric(woken);
  const ready = new Gauge({ name: 'chaowei_ready', help: 'Whether this server takes requests, as /readyz says: 0 or 1', registers });
  return {
    registry,
    setReady: isReady => ready.set(isReady ? 1 : 0),
    observeRequest: (route, status, seconds) => requests.observe({ route, status: String(status) }, seconds),
    countError: (transport, code) => errors.inc({ transport, code }),
    openSockets: change => sockets.inc(change),
    countCost: (limitClass, points) => cost.inc({ class: limitClass }, points),
  };
}

import type { Services } from '../platform/index.js';
import { feedsByState } from '../availability/index.js';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What the process counts about itself, in Prometheus' text at /metrics. No label ever holds what a caller wrote. */
export interface Metrics {
  readonly registry: Registry;
  observeRequest(route: string, status: number, seconds: number): void;
  countError(transport: 'http' | 'websocket', code: string): void;
  openSockets(change: 1 | -1): void;
  countCost(limitClass: string, points: number): void;
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
  return {
    registry,
    observeRequest: (route, status, seconds) => requests.observe({ route, status: String(status) }, seconds),
    countError: (transport, code) => errors.inc({ transport, code }),
    openSockets: change => sockets.inc(change),
    countCost: (limitClass, points) => cost.inc({ class: limitClass }, points),
  };
}

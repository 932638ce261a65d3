export { demoFeedCommand } from './feed-command.js';
export { demoStarter } from './demo-starter.js';
export { loadDemoCity } from './load-demo-city.js';
export type { DemoSummary } from './load-demo-city.js';
export { tideOf } from './rules/tide.js';

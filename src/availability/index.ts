export { Availability, AvailabilitySource, AvailabilityState } from './availability.type.js';
export { FacilityTimeline, coveringPieces } from './facility-timeline.js';
export type { Lending, LendingFacts, LentPiece, LentWindow, ZoneCapacity } from './facility-timeline.js';
export { ANY_DRIVER, audienceProblem, creditProblem } from './rules/audience.js';
export type { Asker } from './rules/audience.js';
export { decide } from './rules/decide.js';
export type { Ask, Decision, Pool } from './rules/decide.js';
export { lentSteps } from './rules/lent-steps.js';

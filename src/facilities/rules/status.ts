import { defineLifecycle, done, problem, refuse, type Lifecycle, type Outcome } from '../../kernel/index.js';

export const STATUS_WORDS = {
  PLANNED: '规划中；不计入泊位数（3.6-4）。Planned; its spaces do not count yet.',
  UNDER_CONSTRUCTION: '在建；不计入泊位数。Under construction; its spaces do not count yet.',
  ACCEPTED: '已验收，未开放（4.5-1）。Accepted, not yet open.',
  OPEN: '已开放；自此计入泊位数。Open: its spaces count from here on.',
  SUSPENDED: '暂停。Suspended.',
  CLOSED: '已关闭，不再恢复。Closed for good.',
} as const satisfies Readonly<Record<string, string>>;
export type FacilityStatus = keyof typeof STATUS_WORDS;

export const STATUS_EVENT_WORDS = {
  START_CONSTRUCTION: '开工。Construction begins.',
  ACCEPT: '通过验收（4.5-1）。Passes acceptance.',
  OPEN: '开放。Opens.',
  SUSPEND: '暂停。Is suspended.',
  RESUME: '恢复。Opens again.',
  CLOSE: '关闭。Closes for good.',
} as const satisfies Readonly<Record<string, string>>;
export type FacilityStatusEvent = keyof typeof STATUS_EVENT_WORDS;

/** The life of a facility (P11, 3.6-4). */
export const FACILITY_LIFECYCLE: Lifecycle<FacilityStatus, FacilityStatusEvent> = defineLifecycle({ zh: '停车设施', en: 'facility' }, 'PLANNED', {
  PLANNED: { START_CONSTRUCTION: 'UNDER_CONSTRUCTION', CLOSE: 'CLOSED' },
  UNDER_CONSTRUCTION: { ACCEPT: 'ACCEPTED', CLOSE: 'CLOSED' },
  ACCEPTED: { OPEN: 'OPEN', CLOSE: 'CLOSED' },
  OPEN: { SUSPEND: 'SUSPENDED', CLOSE: 'CLOSED' },
  SUSPENDED: { RESUME: 'OPEN', CLOSE: 'CLOSED' },
  CLOSED: {},
});

/** Whether spaces of a facility in this state are part of the city's stock (3.6-4): from opening on, a pause included. */
export function countsInStock(status: FacilityStatus): boolean {
  return status === 'OPEN' || status === 'SUSPENDED';
}

interface Acceptance {
  readonly acceptanceRequired: boolean;
  readonly acceptanceReference: string | null;
}

/** The next state; opening and acceptance ask for the acceptance record where one is required (4.5-1). */
export function changeStatus(from: FacilityStatus, event: FacilityStatusEvent, acceptance: Acceptance): Outcome<FacilityStatus> {
  const next = FACILITY_LIFECYCLE.transition(from, event);
  if (!next.ok) return next;
  const missing = missingAcceptance(next.value, acceptance, 'acceptanceReference');
  return missing ? refuse(missing) : done(next.value);
}

/** The problem of a facility that would stand open without the acceptance that it needs; null where it has it. */
export function missingAcceptance(status: FacilityStatus, acceptance: Acceptance, field: string) {
  const needs = status === 'ACCEPTED' || countsInStock(status);
  if (!needs || !acceptance.acceptanceRequired || acceptance.acceptanceReference !== null) return null;
  return problem('ACCEPTANCE_MISSING', { zh: `须先有验收记录，方可转为 ${status}`, en: `an acceptance record is needed before the facility can be ${status}`, field, clause: '4.5-1' });
}

/** Whether a state told by a source may follow the one we hold: by any number of steps, since a census sees only the ends. */
export function mayFollow(from: FacilityStatus, to: FacilityStatus): boolean {
  const reached = new Set<FacilityStatus>([from]);
  for (const state of reached) {
    for (const event of FACILITY_LIFECYCLE.eventsFrom(state)) {
      const next = FACILITY_LIFECYCLE.transition(state, event);
      if (next.ok) reached.add(next.value);
    }
  }
  return reached.has(to);
}

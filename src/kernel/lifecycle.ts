import { done, problem, refuse, type Outcome } from './outcome.js';

/** Which event leads from a state to which; a state without events is an end. Drawn once, next to its type (P11). */
export type TransitionTable<State extends string, Event extends string> = Readonly<Record<State, Readonly<Partial<Record<Event, State>>>>>;

export interface Lifecycle<State extends string, Event extends string> {
  readonly initial: State;
  readonly states: readonly State[];
  readonly events: readonly Event[];
  /** The next state, or ILLEGAL_TRANSITION naming the state, the event and what would be allowed. */
  transition(from: State, event: Event): Outcome<State>;
  /** Whether an event may happen now. */
  allows(from: State, event: Event): boolean;
  /** Events that are legal in a state. */
  eventsFrom(state: State): readonly Event[];
  isTerminal(state: State): boolean;
}

/** Makes a state machine of its table; a state that cannot be reached from the first is a defect and throws at start. */
export function defineLifecycle<State extends string, Event extends string>(name: { readonly zh: string; readonly en: string }, initial: State, table: TransitionTable<State, Event>): Lifecycle<State, Event> {
  const states = Object.keys(table) as State[];
  const eventsFrom = (state: State) => Object.keys(table[state]) as Event[];
  const events = [...new Set(states.flatMap(eventsFrom))];
  const reached = new Set<State>([initial]);
  for (const state of reached) for (const event of eventsFrom(state)) reached.add(table[state][event]!);
  const lost = states.filter(state => !reached.has(state));
  if (lost.length > 0) throw new Error(`The lifecycle of the ${name.en} never reaches ${lost.join(', ')}.`);

  return {
    initial,
    states,
    events,
    transition: (from, event) => {
      const to = table[from][event];
      if (to !== undefined) return done(to);
      const allowed = eventsFrom(from);
      const targets = [...new Set(states.map(state => table[state][event]).filter(state => state !== undefined))];
      return refuse(problem('ILLEGAL_TRANSITION', {
        zh: `${name.zh}处于 ${from}，不能执行 ${event}${targets.length > 0 ? `（转为 ${targets.join('、')}）` : ''}；${allowed.length > 0 ? `可执行：${allowed.join('、')}` : '这是终态'}`,
        en: `the ${name.en} is ${from}; ${event}${targets.length > 0 ? ` (to ${targets.join(' or ')})` : ''} is not possible, ${allowed.length > 0 ? `only ${allowed.join(', ')}` : 'for that is an end'}`,
        data: { from, event, to: targets[0] ?? null, allowed },
      }));
    },
    allows: (from, event) => table[from][event] !== undefined,
    eventsFrom,
    isTerminal: state => eventsFrom(state).length === 0,
  };
}

import type { LeadEvent } from '../../core/event.ts';
import { conditionHolds, type JourneyView } from '../../core/nurture/condition.ts';
import { goalsOf } from '../../core/nurture/parts.ts';
import { wayOf } from '../../core/nurture/share.ts';
import { endOfWait, nextMoment } from '../../core/nurture/wait.ts';
import { walk, type Way } from '../../core/nurture/walk.ts';
import type { Journey } from '../../core/schema/journey.ts';
import { createLook, type LookAnswer } from '../../functions/journeys/look.ts';
import type { PersonNow } from '../../functions/journeys/people.ts';

/** A Monday, 13:00 in Copenhagen. */
export const START = Date.UTC(2026, 2, 23, 12);
const HOUR = 3_600_000;
const ZONE = 'Europe/Copenhagen';

/** Every kind of step, some of them behind others. */
export const everyStep: Journey = {
  journey: 'every-step',
  start: { band: 'warm' },
  goal: { event: 'Contract Signed' },
  stop: [{ event: 'Do Not Bother' }],
  steps: [
    { wait: '2d' },
    { send: 'first' },
    // Over the night in which clocks go forward.
    { wait: { until: { weekday: 'sun', at: '09:00' } } },
    {
      if: { event: 'Trial Started' },
      then: [
        { wait: { for: { event: 'Trial Used', at_least: 2 }, timeout: '10d' } },
        {
          if: { event: 'Trial Used', at_least: 2 },
          then: [{ notify: 'sales', text: 'They use it.' }, { handoff: true }],
          else: [{ send: 'tips' }, { exit: true }],
        },
      ],
      else: [
        {
          split: { short: '50%', long: '50%' },
          then: { long: [{ set: { 'lead.stage': 'nurtured' } }, { wait: '1d' }, { webhook: 'crm' }] },
        },
      ],
    },
    { wait: '12h' },
    { send: 'last' },
  ],
};

/** What a lead does, hours after it entered. */
export interface Story {
  readonly leadId: string;
  /** By whose clocks it lives; Copenhagen's where nothing is said. */
  readonly zone?: string;
  /** Tracks by name, or whole events. */
  readonly events: readonly (readonly [what: string | Partial<LeadEvent>, hours: number])[];
  /** The bands that it stands in from an hour on; `warm` where nothing is said. */
  readonly bands?: readonly (readonly [band: string, hours: number])[];
}

/** Stories that together go every way of `everyStep`, with every way out of it. */
export const stories: readonly Story[] = ['lead-1', 'lead-2', 'lead-3', 'lead-4'].flatMap((leadId) =>
  [[], [1], [47], [100]].flatMap((trial) =>
    [[], [150, 151], [140, 180.5], [150, 300]].flatMap((used) =>
      [[], [47], [49], [139], [200], [370]].flatMap((stop) =>
        [[], [160]].map((signed): Story => ({
          leadId,
          events: [
            ...trial.map((hours) => ['Trial Started', hours] as const),
            ...used.map((hours) => ['Trial Used', hours] as const),
            ...stop.map((hours) => ['Do Not Bother', hours] as const),
            ...signed.map((hours) => ['Contract Signed', hours] as const),
          ],
        })),
      ),
    ),
  ),
);

const eventsOf = ({ events }: Story): readonly LeadEvent[] =>
  events.map(([what, hours], n) => ({
    ...{ id: `e${n}`, occurredAt: START + hours * HOUR, type: 'track', name: '', properties: {} },
    ...(typeof what === 'string' ? { name: what } : what),
  }));

const STANDING = { band: 'warm', group: null, grade: null, qualified: false, scores: {}, total: 0 };
const standingOf = ({ bands = [] }: Story, now: number): typeof STANDING => ({
  ...STANDING,
  band: bands.findLast(([, hours]) => START + hours * HOUR <= now)?.[0] ?? STANDING.band,
});

/** The way of a story as the rules mean it, in virtual time. */
export const meant = (story: Story, journey: Journey = everyStep): Way => {
  const events = eventsOf(story);
  const view = (now: number): JourneyView => ({
    ...{ standing: standingOf(story, now), attributes: { lead: {}, account: {} }, now },
    events: events.filter(({ occurredAt }) => occurredAt > START && occurredAt <= now),
  });
  const any = (conditions: ReturnType<typeof goalsOf>, at: number): boolean =>
    conditions.some((one) => conditionHolds(one, view(at)));
  const stops = (at: number): 'goal' | 'condition' | null =>
    any(goalsOf(journey), at) ? 'goal' : any(journey.stop ?? [], at) ? 'condition' : null;
  return walk(journey, START, {
    stops,
    holds: (condition, at) => conditionHolds(condition, view(at)),
    way: (split, step) => wayOf(story.leadId, journey.journey, step, split),
    moment: (until, at) => nextMoment(until, at, story.zone ?? ZONE),
    noticed: (event, since, timeoutMs) =>
      endOfWait(since, timeoutMs, (at) => conditionHolds(event, view(at)) || stops(at) !== null),
  });
};

/** What a state machine had done, as text that compares: `48.00h send first`. */
export interface Watched {
  readonly done: string[];
  why: string;
}

type Task = Readonly<Record<string, unknown>>;

/** The functions that a machine calls, by the product's own `look`; the story is the lead's log. */
export const functionsFor = (
  story: Story,
  now: () => number,
): { watched: Watched; call: (name: string, task: Task) => Promise<LookAnswer | object> } => {
  const watched: Watched = { done: [], why: '' };
  let running = true;
  const look = createLook({
    people: {
      find: () => Promise.resolve({ id: story.leadId, email: null } as never),
      attributes: () => Promise.resolve({}),
    },
    standings: {
      at: () =>
        Promise.resolve({
          evaluation: standingOf(story, now()),
          attributes: { lead: {}, account: {} },
          events: eventsOf(story),
        } as unknown as PersonNow),
    },
    entries: {
      find: () => Promise.resolve({ entry: 'e1', change: 'c', version: 1, at: START, ruleset: 'r', running }),
      reach: () => Promise.resolve(),
      end: (_, __, ___, why) => {
        running = false;
        watched.why = why;
        return Promise.resolve();
      },
    },
    inHand: { has: () => Promise.resolve(false) },
    suppressions: { find: () => Promise.resolve(null) },
    rulesets: { settings: () => Promise.resolve({ time_zone: story.zone ?? ZONE }) },
    clock: { now },
  });
  return {
    watched,
    call: async (name, task) => {
      if (name === 'look') return look(task);
      // The same once more by mail, to who has an address.
      if (task.kind === 'note') return { outcome: 'skipped' };
      const what = task.email ?? task.team ?? task.webhook ?? (task.set && JSON.stringify(task.set)) ?? '';
      watched.done.push(
        line(
          now(),
          String(task.step),
          name === 'send' ? 'send' : String(task.action),
          typeof what === 'string' ? what : '',
        ),
      );
      return { outcome: 'sent' };
    },
  };
};

const line = (at: number, step: string, kind: string, what: string): string =>
  `${((at - START) / HOUR).toFixed(2)}h ${step} ${kind} ${what}`;

/** The same of what was meant. */
export const linesOf = ({ actions, why }: Way): Watched => ({
  done: actions.map(({ at, step, kind, what }) => line(at, step, kind, what.replace('lead.', ''))),
  why,
});

export const inputOf = (
  { leadId }: Pick<Story, 'leadId'>,
  journey = 'every-step',
): Readonly<Record<string, string>> => ({ leadId, entry: 'e1', journey, ruleset: 'r' });

import { durationMs } from '../core/duration.ts';
import { type LeadEvent } from '../core/event.ts';
import { type History } from '../core/history.ts';
import { type JsonObject } from '../core/json.ts';
import { type Case, type Colleague, type Happening } from './test-file.ts';

const DAY = 86_400_000;
/** Day 0 of every test: a Monday at midnight UTC. */
const DAY_0 = Date.UTC(2026, 0, 5);

/** UTC milliseconds of `day: 3, at: 6h`. */
export const instantOf = ({ day, at }: { day: number; at?: string | undefined }): number =>
  DAY_0 + Math.round(day * DAY) + (at === undefined ? 0 : durationMs(at));

/** The logs of a test's lead and of its colleagues; all of them know what the account is. */
export function historiesOf({ account, colleagues = [], ...lead }: Case): [History, ...History[]] {
  return [historyOf(lead, account), ...colleagues.map((colleague) => historyOf(colleague, account))];
}

/** A lead's log: attributes are known from the first instant on, then what happens, each with an id of its own. */
function historyOf({ lead, events = [] }: Colleague, account: JsonObject | undefined): History {
  const happened = events.flatMap((happening, index) => spread(happening, index));
  const first = Math.min(DAY_0, ...happened.map(({ occurredAt }) => occurredAt));
  const said = (id: string, type: 'identify' | 'group', traits: JsonObject): LeadEvent => ({
    id,
    type,
    occurredAt: first,
    name: '',
    properties: {},
    traits,
    ...(type === 'group' && { groupId: 'test' }),
  });
  const group = account && said('account', 'group', account);
  return {
    events: [...(lead ? [said('lead', 'identify', lead)] : []), ...(group ? [group] : []), ...happened],
    ...(group && { accounts: [{ id: 'test', events: [group] }] }),
  };
}

function spread(happening: Happening, index: number): LeadEvent[] {
  const { day, at, event, times = 1, every, ...properties } = happening;
  const type = event === 'page' || event === 'screen' ? event : 'track';
  const gap = every === undefined ? 0 : durationMs(every);
  return Array.from({ length: times }, (_, time) => ({
    id: `event-${String(index).padStart(4, '0')}-${String(time).padStart(5, '0')}`,
    type,
    occurredAt: instantOf({ day, at }) + time * gap,
    name: event,
    properties,
  }));
}

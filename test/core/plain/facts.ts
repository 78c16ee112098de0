import { Temporal } from 'temporal-polyfill';
import type { LeadEvent } from '../../../core/event.ts';
import type { Json, JsonObject } from '../../../core/json.ts';
import { matches } from './matching.ts';
import { duration, eventHolds, type Facts, type PlainRule } from './points.ts';

/** A rules folder: each file as its YAML says. */
export interface PlainRules {
  readonly settings: PlainRule;
  /** One entry a file. */
  readonly scores: readonly PlainRule[];
  readonly bands: PlainRule;
  readonly accounts?: PlainRule;
}
export interface PlainLead {
  /** Its messages, any order, copies allowed. */
  readonly events: readonly LeadEvent[];
  /** `group` messages of others, about any account. */
  readonly colleagues: readonly LeadEvent[];
}

const DAY = 86_400_000;
const FREE_MAIL = ['gmail.com'];

/** One event a message id, the earliest; none suspected; in order of (occurredAt, id by UTF-8 bytes). */
export function inOrder(events: readonly LeadEvent[]): readonly LeadEvent[] {
  const first = new Map<string, LeadEvent>();
  for (const event of events) {
    const known = first.get(event.id);
    if (!known || event.occurredAt < known.occurredAt) first.set(event.id, event);
  }
  return [...first.values()]
    .filter((event) => event.suspected === undefined)
    .sort((a, b) => a.occurredAt - b.occurredAt || Buffer.compare(Buffer.from(a.id), Buffer.from(b.id)));
}

/** The newest value of each trait; null clears it, an empty text says nothing. */
function attributes(events: readonly LeadEvent[], now: number): JsonObject {
  const values = new Map<string, Json>();
  for (const event of events)
    if (event.occurredAt <= now)
      for (const [name, value] of Object.entries(event.traits ?? {})) {
        if (value === '') continue;
        if (value === null) values.delete(name);
        else values.set(name, value);
      }
  return Object.fromEntries(values);
}

/** The account of a lead at an instant; null for somebody of no company. */
export function accountAt(
  rules: PlainRules,
  { events }: Pick<PlainLead, 'events'>,
  now: number,
): string | null {
  const log = inOrder(events);
  const said = log.filter((event) => event.type === 'identify');
  return accountOf(rules, log, attributes(said, now), now);
}

/** The newest group, else the domain of the address; in the order that accounts.yaml may give. */
function accountOf(
  rules: PlainRules,
  log: readonly LeadEvent[],
  lead: JsonObject,
  now: number,
): string | null {
  const group = log.findLast((event) => event.type === 'group' && event.occurredAt <= now)?.groupId;
  const email = lead['email'];
  const domain = typeof email === 'string' ? email.split('@').at(-1)?.toLowerCase() : undefined;
  const account = rules.accounts?.['account'] as PlainRule | undefined;
  for (const source of (account?.['from'] as string[] | undefined) ?? ['account.id', 'email-domain']) {
    const id = source === 'account.id' ? group : FREE_MAIL.includes(domain ?? '') ? undefined : domain;
    if (id !== undefined) return id;
  }
  return null;
}

function isActivity(rules: PlainRules, event: LeadEvent, facts: Facts): boolean {
  const { name } = event;
  if (name === 'score.adjusted' || name.startsWith('handoff.') || name.startsWith('deal.')) return false;
  if (name.startsWith('email.') && name !== 'email.clicked') return false;
  const narrowed = rules.settings['activity'] as Json | undefined;
  if (narrowed === undefined) return true;
  return (Array.isArray(narrowed) ? (narrowed as readonly Json[]) : [narrowed]).some((one) =>
    typeof one === 'object' ? eventHolds(one as PlainRule, event, facts) : matches(one, [event.name]),
  );
}

/** The first instant of a day, and the first of the day after. */
function days(range: string, timeZone: string): readonly [number, number] {
  const [from = '', to = from] = range.split('..');
  const start = (day: Temporal.PlainDate): number => day.toZonedDateTime(timeZone).epochMilliseconds;
  return [
    from ? start(Temporal.PlainDate.from(from)) : -Infinity,
    to ? start(Temporal.PlainDate.from(to).add({ days: 1 })) : Infinity,
  ];
}

/** All that rules may look at, as of one instant. */
export function factsAt(rules: PlainRules, lead: PlainLead, now: number): Facts {
  const today = Math.floor(now / DAY) * DAY;
  const retention = rules.settings['retention'] ? duration(rules.settings['retention'] as string) : Infinity;
  const log = inOrder(lead.events);
  const alive = log.filter(
    (event) => event.occurredAt <= now && today - event.occurredAt <= retention && event.name !== '',
  );
  const values = attributes(
    log.filter((event) => event.type === 'identify'),
    now,
  );
  const id = accountOf(rules, log, values, now);
  const about = [...lead.events, ...lead.colleagues].filter(
    (event) => event.type === 'group' && event.groupId === id,
  );
  const facts: Facts = {
    now,
    first: alive[0]?.occurredAt,
    events: alive.filter((event) => event.name !== 'score.adjusted'),
    lead: values,
    account: attributes(inOrder(about), now),
    isActivity: (event) => isActivity(rules, event, facts),
    period: (range) => days(range, (rules.settings['time_zone'] as string | undefined) ?? 'UTC'),
  };
  return facts;
}

import type { Evaluation } from '../../core/evaluation.ts';
import type { LeadEvent } from '../../core/event.ts';
import { adjustmentsOf, keyedBy } from '../../core/explain/adjusted.ts';
import { forecast, sentence } from '../../core/explain/explain.ts';
import type { History } from '../../core/history.ts';
import type { AttributeView } from '../../core/engine/match.ts';
import type { Scoring } from '../../core/ruleset.ts';
import type { Rule } from '../../core/schema/score.ts';
import type { LeadPage, TimelineEntry } from '../../core/view.ts';
import { NotFound } from '../errors.ts';
import type { LiveRuleset } from '../ports.ts';
import { inWords } from '../../core/handoff/brief.ts';
import { weekOf } from './week.ts';
import { instantsOf } from './instants.ts';
import { summaryOf, survivor } from './list.ts';
import type { ReadPorts } from './ports.ts';

/** What an answer of a function may weigh is 6 MB; a timeline stops before it, in bytes. */
const MAX_TIMELINE = 3_000_000;
/** Ids are made by us and short. */
const MAX_ID = 128;

/** Everything about one lead, computed now from its whole log. */
export const readPage = async (ports: ReadPorts, id: string): Promise<LeadPage> => {
  const lead = id.length > MAX_ID ? null : await survivor(ports, id);
  if (lead === null) throw new NotFound('there is no such lead');
  const live = await ports.rulesets.live(lead.epoch);
  const now = Math.max(ports.clock.now(), lead.asOf);
  const [log, mails, handoffs] = await Promise.all([
    ports.leads.log(lead.id, null),
    ports.sent.mails(lead.id),
    ports.sent.handoffs(lead.id),
  ]);
  const events = onceEach(log.entries.map(({ event }) => event));
  const account = live.engine.account({ events }, now);
  const history: History =
    account === null ? { events } : { events, account: await ports.accounts.history(account.id) };
  const evaluation = live.engine.evaluate(history, now);
  const attributes = live.engine.attributes(history, now);
  const known = live.engine.account(history, now);
  const adjustments = adjustmentsOf(events, live.scoring.scores, now);
  return {
    ...summaryOf(lead, evaluation),
    at: now,
    attributes,
    account: known && { ...known, addedUp: lead.account === known.id },
    bandSince: evaluation.bandSince,
    contributions: contributionsOf(live, evaluation, events, {
      lead: attributes,
      account: known?.attributes ?? {},
    }),
    adjustments,
    week: weekOf(live.engine, history, evaluation, adjustments),
    ...scoresOf(live.scoring),
    forecast: forecast(evaluation),
    timeline: timelineOf(events),
    history: live.engine.trace(history, instantsOf(events, now)),
    mails,
    handoffs,
  };
};

/** What the rules say of scores as such: what each is keyed by, and how it enters the total. */
const scoresOf = ({ scores, bands }: Scoring): Pick<LeadPage, 'weights' | 'keyedBy' | 'bandsOf'> => {
  const names = [...new Set(Object.values(scores).map(({ score }) => score))];
  const by = Object.fromEntries(names.map((name) => [name, keyedBy(scores)(name) ?? null]));
  const all = Object.fromEntries(names.map((name) => [name, by[name] === null ? 1 : ('max' as const)]));
  return { keyedBy: by, weights: bands.total?.sum ?? all, bandsOf: bands.bands.of ?? 'total' };
};

const contributionsOf = (
  live: LiveRuleset,
  { contributions, at }: Evaluation,
  events: readonly LeadEvent[],
  attributes: AttributeView,
): LeadPage['contributions'] =>
  contributions.map((contribution) => {
    const rule = ruleOf(live.scoring, contribution.score, contribution.rule);
    return {
      ...contribution,
      sentence: rule === null ? contribution.why : sentence(contribution, rule, events, at, attributes),
    };
  });

const ruleOf = ({ scores }: Scoring, score: string, name: string): Rule | null => {
  for (const file of Object.values(scores)) {
    if (file.score === score && Object.hasOwn(file.rules, name)) return file.rules[name] ?? null;
  }
  return null;
};

/** Copies of one event are one: the earliest. */
const onceEach = (events: readonly LeadEvent[]): readonly LeadEvent[] => {
  const byId = new Map<string, LeadEvent>();
  for (const event of events) {
    const known = byId.get(event.id);
    if (known === undefined || event.occurredAt < known.occurredAt) byId.set(event.id, event);
  }
  return [...byId.values()];
};

/** Newest first, as far as an answer may weigh. */
const timelineOf = (events: readonly LeadEvent[]): readonly TimelineEntry[] => {
  const newestFirst = [...events].sort((a, b) => b.occurredAt - a.occurredAt || (a.id < b.id ? 1 : -1));
  const timeline: TimelineEntry[] = [];
  let bytes = 0;
  for (const event of newestFirst) {
    const entry = entryOf(event);
    bytes += JSON.stringify(entry).length;
    if (bytes > MAX_TIMELINE) break;
    timeline.push(entry);
  }
  return timeline;
};

/** An identify or group has no properties; what it says are its traits. */
const entryOf = (event: LeadEvent): TimelineEntry => ({
  id: event.id,
  at: event.occurredAt,
  type: event.type,
  name: event.name,
  text: inWords(event),
  properties: {
    ...event.properties,
    ...event.traits,
    ...(event.groupId === undefined ? {} : { groupId: event.groupId }),
  },
  ...(event.suspected === undefined ? {} : { suspected: event.suspected }),
});

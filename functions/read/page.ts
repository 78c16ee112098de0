import type { Evaluation } from '../../core/evaluation.ts';
import type { LeadEvent } from '../../core/event.ts';
import { adjustmentsOf, keyedBy } from '../../core/explain/adjusted.ts';
import { forecast, sentence } from '../../core/explain/explain.ts';
import type { History } from '../../core/history.ts';
import type { AttributeView } from '../../core/engine/match.ts';
import type { Scoring } from '../../core/ruleset.ts';
import type { Rule } from '../../core/schema/score.ts';
import type { LeadPage, TimelineEntry } from '../../core/view/lead.ts';
import { inWords } from '../../core/handoff/brief.ts';
import { weekOf } from './week.ts';
import type { Lead } from '../../core/lead.ts';
import { asItCame, withConfirmed } from '../../core/message/clicks.ts';
import { parseInstant } from '../../core/instant.ts';
import type { Origin } from '../../core/publish/origin.ts';
import { withAccounts } from '../accounts/said.ts';
import { Invalid } from '../errors.ts';
import type { RulesetVersion, StoredEntry } from '../ports.ts';
import { reasonsNow } from './handoffs.ts';
import { instantsOf } from './instants.ts';
import { summaryOf } from './list.ts';
import { livingLead } from './living.ts';
import type { ReadPorts } from './ports.ts';

/** What an answer of a function may weigh is 6 MB; a timeline stops before it, in bytes. */
const MAX_TIMELINE = 3_000_000;

/**
 * Everything about one lead, computed from its whole log: now, or as it was at an instant, by the rules that were live
 * then, from what had come in by then.
 * @param at ISO
 */
export const readPage = async (ports: ReadPorts, id: string, at?: string): Promise<LeadPage> => {
  const lead = await livingLead(ports, id);
  const present = Math.max(ports.clock.now(), lead.asOf);
  const now = at === undefined || at === '' ? present : instantOf(at, present);
  const then = now < present;
  const { live, origin, ruleset } = await rulesAt(ports, lead, then ? now : null);
  const [log, mails, handoffs] = await Promise.all([
    ports.leads.log(lead.id, null),
    ports.sent.mails(lead.id),
    ports.sent.handoffs(lead.id),
  ]);
  const events = onceEach((then ? knownBy(log.entries, now) : log.entries).map(({ event }) => event));
  if (then && events.length === 0)
    throw new Invalid(`nobody knew this lead on ${new Date(now).toISOString()}`);
  const history = await withAccounts(ports.accounts, live.engine, { events }, now);
  const evaluation = live.engine.evaluate(history, now);
  const attributes = live.engine.attributes(history, now);
  const known = live.engine.account(history, now);
  const adjustments = adjustmentsOf(events, live.scoring.scores, now);
  return {
    ...summaryOf(lead, evaluation),
    at: now,
    attributes,
    account: known && {
      ...known,
      addedUp: lead.account === known.id && live.scoring.accounts !== undefined,
    },
    bandSince: evaluation.bandSince,
    contributions: contributionsOf(
      live,
      evaluation,
      events,
      { lead: attributes, account: known?.attributes ?? {} },
      origin,
    ),
    ruleset,
    challenger: await challengerOf(ports, history, now),
    adjustments,
    week: weekOf(live.engine, history, evaluation, adjustments),
    ...scoresOf(live.scoring),
    forecast: forecast(evaluation),
    timeline: timelineOf(events),
    history: live.engine.trace(history, instantsOf(events, now)),
    mails: mails.filter((mail) => mail.at <= now),
    handoffs: handoffs.filter((handoff) => handoff.at <= now),
    reasons: await reasonsNow(ports),
  };
};

/** The log as it was at an instant: a page that came later had not confirmed a click yet. */
const knownBy = (entries: readonly StoredEntry[], at: number): readonly StoredEntry[] =>
  withConfirmed(
    entries.filter(({ receivedAt = 0, event }) => Math.max(receivedAt, event.occurredAt) <= at).map(asItCame),
  );

const instantOf = (text: string, present: number): number => {
  const at = parseInstant(text);
  if (at === null) throw new Invalid('`at` is no instant; write it as 2026-03-01 or 2026-03-01T08:00:00Z');
  return Math.min(at, present);
};

/** The rules that count: the live ones, or those that were. @param at null: now */
const rulesAt = async (
  { rulesets, published }: ReadPorts,
  { epoch }: Lead,
  at: number | null,
): Promise<{ live: RulesetVersion; ruleset: LeadPage['ruleset']; origin: Origin | null }> => {
  const live = at === null ? await rulesets.live(epoch) : null;
  const publication = at === null ? null : await published.at(at);
  if (live === null && publication === null)
    throw new Invalid('no rules were live then: the first were published later');
  const { hash, at: since } = (live ?? publication) as { hash: string; at: number };
  const origin = await published.origin(hash);
  return {
    live: live ?? (await published.version(hash)),
    origin,
    ruleset: {
      hash,
      epoch: (live ?? publication)?.epoch ?? 0,
      since,
      commit: publication?.commit ?? origin?.commit ?? null,
      by: publication?.by ?? origin?.by ?? null,
    },
  };
};

/** What the challenger makes of the same log, at the same instant. */
const challengerOf = async (
  { published, accounts }: ReadPorts,
  history: History,
  now: number,
): Promise<LeadPage['challenger']> => {
  const shadow = await published.shadow();
  if (shadow === null || now < shadow.at) return null;
  const { engine } = await published.version(shadow.hash);
  const { total, band, qualified } = engine.evaluate(await withAccounts(accounts, engine, history, now), now);
  return { hash: shadow.hash, total, band, qualified };
};

/** What the rules say of scores as such: what each is keyed by, and how it enters the total. */
const scoresOf = ({ scores, bands }: Scoring): Pick<LeadPage, 'weights' | 'keyedBy' | 'bandsOf'> => {
  const names = [...new Set(Object.values(scores).map(({ score }) => score))];
  const by = Object.fromEntries(names.map((name) => [name, keyedBy(scores)(name) ?? null]));
  const all = Object.fromEntries(names.map((name) => [name, by[name] === null ? 1 : ('max' as const)]));
  return { keyedBy: by, weights: bands.total?.sum ?? all, bandsOf: bands.bands.of ?? 'total' };
};

const contributionsOf = (
  live: RulesetVersion,
  { contributions, at }: Evaluation,
  events: readonly LeadEvent[],
  attributes: AttributeView,
  origin: Origin | null,
): LeadPage['contributions'] =>
  contributions.map((contribution) => {
    const rule = ruleOf(live.scoring, contribution.score, contribution.rule);
    return {
      ...contribution,
      sentence: rule === null ? contribution.why : sentence(contribution, rule, events, at, attributes),
      origin: origin?.rules?.[contribution.rule] ?? null,
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

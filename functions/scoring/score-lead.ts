import { createHash } from 'node:crypto';
import { isActivity } from '../../core/engine/activity.ts';
import { normaliseEmail } from '../../core/identity/email.ts';
import type { Attributes, History } from '../../core/history.ts';
import type { LeadEvent } from '../../core/event.ts';
import type { Evaluation } from '../../core/evaluation.ts';
import { newLead, type Change, type ChangeKind, type Lead, type Membership } from '../../core/lead.ts';
import { compareIds } from '../../core/engine/order.ts';
import { Conflict } from '../errors.ts';
import { inParallel } from '../parallel.ts';
import type { LiveRuleset, LogEntry, ScorePorts } from '../ports.ts';
import { expiryOf } from './expiry.ts';
import { changesOf, project, dueOf, standingOf, type Found } from './project.ts';
import { withoutLeft } from './left-pending.ts';
import { readKnown } from './known.ts';
import { moveSnapshot, type Read } from './read.ts';
import { cameAbout, startingEvents } from './starting.ts';
import { tell } from './tell.ts';

/**
 * Why a lead is scored: events came, its time has come, the rules are others, something was said of its account, or all
 * of it must be made anew from its log.
 */
export type Occasion = 'events' | 'due' | 'ruleset' | 'account' | 'rebuild';

const TRIES = 5;
/** Merges that may stand one behind the other. */
const HOPS = 20;
/** Puts of one lead's events at once. */
const PUTS = 8;

/**
 * Scores one lead. The order of reads and writes is what makes it right whatever else happens at the same time, and
 * whenever it stops: events are put; then the lead is read, then the log behind it; a snapshot is written before the
 * commit that names it; the commit holds only if nobody else committed since the read. Whoever commits last has read
 * the log after all events whose scorers saw an older version were put.
 *
 * A lead that was merged away answers the one it was merged into: the events are put there too, before anything else,
 * since the merge may have copied the log before they were in it.
 *
 * An erased lead stays as it is: the events are taken out again, and it is answered as it stands.
 *
 * @returns the lead as committed; null if it does not exist, or nothing was due
 */
export const scoreLead = async (
  ports: ScorePorts,
  leadId: string,
  brought: readonly LogEntry[],
  occasion: Occasion,
): Promise<Lead | null> => {
  const { leads, rulesets, changes, clock, pause } = ports;
  let id = leadId;
  let known = await put(ports, id, brought);
  let hops = 0;
  /** Leads on the way that were merged away. */
  const met: string[] = [];
  for (let attempt = 1; attempt <= TRIES;) {
    const read = await leads.read(id);
    if (read?.erased !== undefined) {
      await takeBack(ports, [...met, id], brought);
      return read;
    }
    if (read?.into !== undefined) {
      met.push(id);
      hops += 1;
      if (hops > HOPS) throw new Conflict(`lead ${leadId} was merged in a circle`);
      id = read.into;
      known = (await put(ports, id, brought)) || known;
      continue;
    }
    if (read === null && occasion !== 'events') return null;
    const stored = read ?? newLead(id, clock.now(), { users: [], emails: [] });
    const live = await rulesets.live(stored.epoch);
    const now = Math.max(clock.now(), stored.asOf);
    if (occasion === 'due' && stored.ruleset === live.hash && (stored.due === null || stored.due > now))
      return null;
    const lead = await withoutLeft(changes, stored, now);
    const next =
      occasion === 'due' && lead.ruleset === live.hash && (lead.next === null || lead.next > now)
        ? postponed(lead, now)
        : await rescored(ports, lead, live, now, { brought, occasion, known: known || attempt > 1 });
    await tellOfMove(ports, lead, next, live);
    if (await leads.commit(next, lead.version)) {
      await tellOfChange(ports, lead, next, live, occasion);
      await tellOfSaid(ports, live, brought);
      return tell(ports, next);
    }
    await pause(attempt);
    attempt += 1;
  }
  throw new Conflict(`lead ${leadId} was written by others ${TRIES} times`);
};

/** Whatever else they were put under leads to the erased one, too. */
const takeBack = async (
  { leads }: Pick<ScorePorts, 'leads'>,
  ids: readonly string[],
  brought: readonly LogEntry[],
): Promise<void> => {
  for (const id of ids) await leads.takeBack(id, brought);
};

/** Puts events into a lead's log, and what they say of accounts beside it; whether any was there already. */
const put = async (
  { leads, accounts, rulesets }: ScorePorts,
  leadId: string,
  entries: readonly LogEntry[],
): Promise<boolean> => {
  if (entries.length === 0) return false;
  const expiry = expiryOf((await rulesets.live()).scoring.settings);
  const fresh = await inParallel(PUTS, entries, async (entry) => {
    if (saysOfAccount(entry.event)) await accounts.put(entry.event.groupId, entry);
    return leads.put(leadId, entry, expiry(entry.event));
  });
  return fresh.includes(false);
};

/**
 * The account among whose people a lead is listed, at an instant: where the rules add people up, or read accounts, so
 * that what is said of one finds them.
 */
export const listedUnder = (
  { engine, scoring, readsAccounts }: LiveRuleset,
  history: History,
  now: number,
): string | null =>
  scoring.accounts === undefined && !readsAccounts ? null : (engine.account(history, now)?.id ?? null);

/** A lead that joins or leaves an account: told before the commit, since nobody knows afterwards where it was. */
export const tellOfMove = async (
  { rollUps }: Pick<ScorePorts, 'rollUps'>,
  lead: Lead,
  next: Lead,
  { scoring }: LiveRuleset,
): Promise<void> => {
  if (lead.account === next.account || scoring.accounts === undefined) return;
  for (const account of [lead.account, next.account]) if (account !== null) await rollUps.moving(account);
};

/** A lead whose account may come to something else now: told after the commit, so that who adds up finds it. */
export const tellOfChange = async (
  { rollUps }: Pick<ScorePorts, 'rollUps'>,
  lead: Lead,
  next: Lead,
  { scoring }: LiveRuleset,
  occasion: Occasion,
): Promise<void> => {
  const { account } = next;
  if (account === null || account !== lead.account || scoring.accounts === undefined) return;
  // Who adds it up found this.
  if (occasion === 'account') return;
  const crossed = Object.keys(next.pending).some((change) => !Object.hasOwn(lead.pending, change));
  if (occasion !== 'due' || crossed || lead.ruleset !== next.ruleset) await rollUps.changed(account);
};

/** What is said of an account may move everybody in it, where rules read accounts; told after it was put. */
const tellOfSaid = async (
  { rollUps }: Pick<ScorePorts, 'rollUps'>,
  { readsAccounts }: LiveRuleset,
  brought: readonly LogEntry[],
): Promise<void> => {
  if (!readsAccounts) return;
  const about = new Set(brought.flatMap(({ event }) => (saysOfAccount(event) ? [event.groupId] : [])));
  for (const account of about) await rollUps.changed(account);
};

const saysOfAccount = (event: LeadEvent): event is LeadEvent & { readonly groupId: string } =>
  event.groupId !== undefined && Object.keys(event.traits ?? {}).length > 0;

/** Nothing has changed by itself yet: only the due time was left behind. */
const postponed = (lead: Lead, now: number): Lead => ({
  ...lead,
  version: lead.version + 1,
  due: dueOf(lead, { next: lead.next, pending: lead.pending, now, crossed: true }),
});

interface Bringing {
  readonly brought: readonly LogEntry[];
  readonly occasion: Occasion;
  /** Some of it may have been scored before, here or elsewhere. */
  readonly known: boolean;
}

const rescored = async (
  { leads, accounts }: ScorePorts,
  lead: Lead,
  live: LiveRuleset,
  now: number,
  { brought, occasion, known }: Bringing,
): Promise<Lead> => {
  const read = await readKnown({ leads, accounts }, lead, live, now, {
    brought,
    whole: occasion === 'rebuild',
  });
  const person = await personOf({ leads }, lead, live, read, now, { brought, occasion, known });
  const { history } = read;
  const evaluation = live.engine.evaluate(history, now);
  const moved = moveSnapshot(lead, read, live, now);
  if (moved.write !== null && moved.name !== null)
    await leads.keepSnapshot(lead.id, moved.name.id, moved.write);
  const strayUntil = read.strayUntil;
  const ahead = read.history.events.map(({ occurredAt }) => occurredAt).filter((at) => at > now);
  const found: Found = {
    asOf: now,
    snapshot: moved.name,
    strayUntil: moved.name !== null && strayUntil <= moved.name.watermark ? 0 : strayUntil,
    lastActivity: lastActivityOf(lead, read, brought),
    membership: newestMembership(lead.membership, read.whole ? read.entries : brought),
    account: listedUnder(live, history, now),
    ...person,
  };
  const wake = ahead.length === 0 ? null : Math.min(...ahead);
  const begun = occasion === 'rebuild' ? [] : cameAbout(read.entries, lead.asOf, now);
  const events = [...brought, ...begun].map(({ event }) => event);
  const anyway = byRules(lead, live, history, evaluation, now, brought);
  return project(lead, evaluation, live, found, wake, startingEvents(events, live, now), anyway);
};

/**
 * Which changes are the rules' doing, where the lead meets them for the first time: those that had come about without
 * the events that were brought, too. What a switch of rulesets starts may be limited; what a lead does never is.
 */
const byRules = (
  lead: Lead,
  live: LiveRuleset,
  history: History,
  evaluation: Evaluation,
  now: number,
  brought: readonly LogEntry[],
): ((kind: ChangeKind, to: Change['to']) => boolean) => {
  const was = lead.standing;
  if (was === null || lead.ruleset === live.hash) return () => false;
  if (changesOf(was, standingOf(evaluation)).length === 0) return () => false;
  const ids = new Set(brought.map(({ event }) => event.id));
  const before = history.events.filter(({ id }) => !ids.has(id));
  const without = ids.size === 0 ? evaluation : live.engine.evaluate({ ...history, events: before }, now);
  const anyway = changesOf(was, standingOf(without));
  return (kind, to) => anyway.some(([same, , there]) => same === kind && there === to);
};

/**
 * What the lead is called, and its attributes kept for mails and pages, where the log holds an identify, whoever brought
 * it: a lead that is lifted into a band by an identify that another scorer had only put so far must have its address
 * in the same write, since the change is told once, and nobody without an address is written to.
 *
 * Attributes are written before the commit, by every try: the last one to commit has then written what it read, and
 * whoever wrote something older fails to commit and tries again. Equal attributes are left alone only on a first try
 * with events that nobody had seen, so that a crash between the two writes heals when the message comes back.
 */
const personOf = async (
  { leads }: Pick<ScorePorts, 'leads'>,
  lead: Lead,
  live: LiveRuleset,
  read: Read,
  now: number,
  { brought, occasion, known }: Bringing,
): Promise<Pick<Found, 'email' | 'name' | 'attributes'>> => {
  const told = [...read.entries, ...brought].some(({ event }) => event.type === 'identify');
  if (!told && occasion !== 'rebuild' && lead.standing !== null)
    return { email: lead.email, name: lead.name, attributes: lead.attributes };
  const attributes = live.engine.attributes(read.history, now);
  const hash = createHash('sha256').update(JSON.stringify(attributes)).digest('base64url').slice(0, 8);
  if (hash !== lead.attributes || known) await leads.keepAttributes(lead.id, attributes);
  return {
    email: emailOf(attributes) ?? lead.emails.at(-1) ?? lead.email,
    name: nameOf(attributes),
    attributes: hash,
  };
};

const textOf = (value: unknown): string => (typeof value === 'string' ? value.trim() : '');

const emailOf = ({ email }: Attributes): string | null => normaliseEmail(textOf(email));

const MAX_NAME = 100;

/** As people write it: `name`, else the first and the last name. */
const nameOf = (attributes: Attributes): string | null => {
  const parts = ['firstName', 'lastName'].map((field) => textOf(attributes[field]));
  const name = textOf(attributes.name) || parts.join(' ').trim();
  return name === '' ? null : name.slice(0, MAX_NAME).toWellFormed();
};

const newestMembership = (known: Membership | null, entries: readonly LogEntry[]): Membership | null => {
  let newest = known;
  for (const { event } of entries) {
    const { groupId: account, occurredAt: at, id, suspected } = event;
    if (account === undefined || suspected !== undefined) continue;
    if (newest === null || at > newest.at || (at === newest.at && compareIds(id, newest.event) > 0))
      newest = { account, at, event: id };
  }
  return newest;
};

/** Whether the lead did this. */
const isTheirs = ({ type, name, suspected }: LeadEvent): boolean =>
  suspected === undefined && ['track', 'page', 'screen'].includes(type) && isActivity(name);

const lastActivityOf = (lead: Lead, read: Read, brought: readonly LogEntry[]): number | null => {
  const entries = read.whole ? read.entries : brought;
  const newest = entries.filter(({ event }) => isTheirs(event)).map(({ event }) => event.occurredAt);
  const known = read.whole || lead.lastActivity === null ? [] : [lead.lastActivity];
  const all = [...newest, ...known];
  return all.length === 0 ? null : all.reduce((a, b) => Math.max(a, b));
};

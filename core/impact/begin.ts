import type { AccountPlace } from '../accounts/account-projection.ts';
import type { Standing } from '../evaluation.ts';
import { isHandedOff } from '../handoff/handoff.ts';
import { decideEntry, type JourneyEntry } from '../nurture/journey.ts';
import { isHeldOut } from '../nurture/share.ts';
import { entersBy, entersByAccount } from '../nurture/start.ts';
import type { Journey } from '../schema/journey.ts';
import type { LeadState } from './history.ts';
import type { JourneyRules, NurtureRules } from './nurture.ts';
import type { Person } from './person.ts';
import { wayThrough } from './way.ts';

/** A lead that may begin a journey at once. */
export interface Beginner {
  readonly id: string;
  /** Whether it can be written to. */
  readonly isAddressed: boolean;
  readonly state: LeadState;
  /** Under the new rules. */
  readonly person: Person;
  /** Whether it is handed over by the same change. */
  readonly isHandedOver: boolean;
}

/** A journey that a lead begins at once, and what it gets there if it does nothing more. */
export interface Begun {
  readonly journey: string;
  /** Mails before any wait. */
  readonly mails: number;
  /** Mails after that. */
  readonly following: number;
}

const STANDINGS = ['band', 'group', 'grade'] as const;

/** The journeys that a lead begins when its standing changes at `now`, given what was done about it before. */
export const begunByLead = (
  from: Standing,
  to: Standing,
  lead: Beginner,
  rules: NurtureRules,
  now: number,
): Begun[] =>
  rules.journeys
    .filter(({ journey }) => STANDINGS.some((what) => entersBy(what, journey, from[what], to)))
    .filter((journey) => mayBegin(journey, lead, now))
    .map((journey) => begun(journey, lead, rules, now));

/** Whether somebody of an account begins a journey when the account changes; null: it is seen for the first time. */
export const entersWithAccount = (
  journey: Pick<Journey, 'start'>,
  from: AccountPlace | null,
  to: AccountPlace,
): boolean =>
  ((from?.band ?? null) !== to.band &&
    entersByAccount('account.band.changed', journey, from?.band ?? null, to)) ||
  (from?.qualified !== true && entersByAccount('account.qualified', journey, false, to));

/** The journeys that somebody of an account begins when the account changes at `now`. */
export const begunByAccount = (
  from: AccountPlace,
  to: AccountPlace,
  lead: Beginner,
  rules: NurtureRules,
  now: number,
): Begun[] =>
  rules.journeys
    .filter(({ journey }) => entersWithAccount(journey, from, to))
    .filter((journey) => mayBegin(journey, lead, now))
    .map((journey) => begun(journey, lead, rules, now));

/** Whether whoever a change would start a journey for begins it: what the product asks before it starts one. */
function mayBegin(
  { name, journey, againMs, sendsMail, segment }: JourneyRules,
  lead: Beginner,
  now: number,
): boolean {
  if (!lead.isAddressed && sendsMail) return false;
  if (isHeldOut(lead.id, name, journey.hold_out)) return false;
  if (segment?.(lead.person.attributes(now)) === false) return false;
  const known = lead.state.journeys[name];
  const last: JourneyEntry | null = known ? { ...known, entry: '', ruleset: '' } : null;
  return decideEntry(last, { change: 'plan', version: Infinity, at: now }, againMs) === 'enter';
}

function begun(journey: JourneyRules, lead: Beginner, rules: NurtureRules, now: number): Begun {
  const isTheirs = lead.isHandedOver || isHandedOff(lead.state.handoffs);
  const { mails } = wayThrough(lead.person, journey, rules, now, () => isTheirs, Infinity);
  const first = mails.filter((at) => at <= now).length;
  return { journey: journey.name, mails: first, following: mails.length - first };
}

import type { AccountHandoff } from '../accounts/account-handoff.ts';
import type { Ask } from '../handoff/answer-link.ts';
import type { Asked, HandoffRecord } from '../handoff/handoff.ts';
import type { Morning } from '../handoff/morning.ts';
import { prefixOf } from '../handoff/slack.ts';
import { cut } from '../handoff/shown.ts';
import { nameOf, type ScoreInBrief } from '../handoff/brief.ts';
import type { JsonObject } from '../json.ts';
import type { Settings } from '../schema/settings.ts';
import { withoutLinks } from './said.ts';

/** An instant as people read it. @example '14 May 2026, 10:32' */
export const inZone = (at: number, timeZone: string, locale = 'en-GB'): string =>
  new Intl.DateTimeFormat(locale, {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZone,
  }).format(at);

export type Sender = NonNullable<Settings['sender']>;

/** What is known of a lead and its account. */
export interface Known {
  readonly lead: JsonObject;
  readonly account: JsonObject;
}

const person = (attributes: JsonObject): JsonObject => {
  const said = withoutLinks(attributes);
  return { ...said, name: nameOf(said) };
};
const from = (sender: Sender): JsonObject => ({
  name: sender.name ?? '',
  email: sender.email,
  address: sender.address ?? '',
});

/**
 * What a journey's mail may say: `lead.*` and `account.*` (attributes as their senders called them, and `lead.name`),
 * `sender.name`, `.email`, `.address`, `unsubscribe_url`, `preferences_url`. A name with a link in it is left out.
 */
export const journeyVariables = (
  { lead, account }: Known,
  sender: Sender,
  links: { readonly unsubscribe: string; readonly preferences: string },
): JsonObject => ({
  lead: person(lead),
  account: withoutLinks(account),
  sender: from(sender),
  unsubscribe_url: links.unsubscribe,
  preferences_url: links.preferences,
});

/**
 * What the handoff mail may say: `lead.name`, `.email`, `.title`, `.company`, `.phone`, `.country`; `account.name`;
 * `sender.*`; `handoff.owner.name`, `.who` (name and company, for the subject), `.url` (the lead's page), `.at`, `.band`, `.grade`, `.group`, `.total`,
 * `.scores` (`name`, `points`; of a keyed one also `keys`), `.reasons` (`sentence`, `why`, `points`), `.timeline` (`at`, `text`), `.products`,
 * `.asked` (`first`, `reminder`, `next`, `manager`), `.asked_before` (names of others), `.prefix` (`Still waiting: ` and such), `.accept_url`, `.not_now_url`, `.not_a_fit_url`.
 */
export const handoffVariables = (
  { brief, owner, at, asked = [] }: HandoffRecord,
  sender: Sender,
  leadUrl: string,
  timeZone: string,
  answer: (ask: Ask) => string,
): JsonObject => {
  const { name, email, title, company, phone, country, ...standing } = brief;
  return {
    lead: { name, email, title, company, phone, country },
    account: { name: company },
    sender: from(sender),
    handoff: {
      ...standing,
      scores: standing.scores.map(scoreOf),
      reasons: standing.reasons.map((reason) => ({ ...reason })),
      timeline: standing.timeline.map((line) => ({ at: inZone(line.at, timeZone), text: line.text })),
      owner: { ...owner },
      who: whoIn(brief),
      url: leadUrl,
      at: inZone(at, timeZone),
      ...askedOf(asked),
      ...buttons(answer),
    },
  };
};

/**
 * What the mail for the handoff of an account may say: `account.id`, `.name`, `.country`, `.industry`, `.employees`;
 * `sender.*`; `handoff.owner.name`, `.url` (the account's page), `.at`, `.band`, `.numbers` (`name`, `points`, `keys`),
 * `.people` (`name`, `email`, `title`, `band`, `total`, `scores`, `reason`, `url`), `.more` (how many are not named),
 * `.products` (`name`, `points`), and `.asked` and the three addresses of the handoff mail's buttons.
 * @param publicUrl without a slash at the end
 */
export const accountHandoffVariables = (
  { brief, owner, at, asked = [] }: AccountHandoff,
  sender: Sender,
  publicUrl: string,
  timeZone: string,
  answer: (ask: Ask) => string,
): JsonObject => {
  const { id, name, country, industry, employees, band, more } = brief;
  return {
    account: { id, name, country, industry, employees },
    sender: from(sender),
    handoff: {
      band,
      numbers: brief.numbers.map(scoreOf),
      people: brief.people.map(({ leadId, scores, ...person }) => ({
        ...person,
        scores: scores.map(scoreOf),
        url: `${publicUrl}/leads/${encodeURIComponent(leadId)}`,
      })),
      more,
      products: brief.products.map((product) => ({ ...product })),
      owner: { ...owner },
      url: `${publicUrl}/accounts/${encodeURIComponent(id)}`,
      at: inZone(at, timeZone),
      ...askedOf(asked),
      ...buttons(answer),
    },
  };
};

/**
 * What the morning mail may say: `sender.*`; `morning.owner.name`, `.day` (`Thursday 14 May`), `.since` (`yesterday`, or the
 * day of the last such mail: `Friday`), `.leads` (warmest first: `name`, `email`, `company`, `title`, `phone`, `band`, `total`,
 * `gained` this week as `+31`, `accepted`, `changed` in words, `url`), `.accounts` (warmest first: `name`, `industry`, `band`,
 * `points`, `people` by name, and `gained`, `accepted`, `changed`, `url` as of leads), `.count` (of those that are named),
 * `.first` (of the first of all: `name`, `standing`), `.more` (how many are not named), `.url` (of the console).
 * @param publicUrl without a slash at the end
 */
export const morningVariables = (
  { owner, at, since, timeZone, leads, accounts = [], more }: KeptBefore,
  sender: Sender,
  publicUrl: string,
): JsonObject => {
  const day = (instant: number, how: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat('en-GB', { ...how, timeZone }).format(instant);
  return {
    sender: from(sender),
    morning: {
      owner: { ...owner },
      day: day(at, { weekday: 'long', day: 'numeric', month: 'long' }),
      since: at - since < 30 * 3_600_000 ? 'yesterday' : day(since, { weekday: 'long' }),
      leads: leads.map(({ leadId, entry: _, state, gained, changed, ...lead }) => ({
        ...lead,
        accepted: state === 'accepted',
        gained: signed(gained),
        changed: [...changed],
        url: `${publicUrl}/leads/${encodeURIComponent(leadId)}`,
      })),
      accounts: accounts.map(({ accountId, entry: _, state, gained, changed, people, ...account }) => ({
        ...account,
        accepted: state === 'accepted',
        gained: signed(gained),
        people: [...people],
        changed: [...changed],
        url: `${publicUrl}/accounts/${encodeURIComponent(accountId)}`,
      })),
      count: leads.length + accounts.length,
      first: firstOf(leads, accounts),
      more,
      url: publicUrl,
    },
  };
};

/** A morning that was kept before accounts were told has none. */
type KeptBefore = Omit<Morning, 'accounts'> & Partial<Pick<Morning, 'accounts'>>;

/** Who is called first, and how they stand. */
const firstOf = ([lead]: Morning['leads'], [account]: Morning['accounts']): JsonObject => {
  const standing = (points: number, gained: number): string =>
    `${points} points (${signed(gained)} this week)`;
  if (lead !== undefined)
    return { name: lead.name ?? lead.email, standing: `${lead.band}, ${standing(lead.total, lead.gained)}` };
  return account === undefined
    ? { name: null, standing: '' }
    : { name: account.name, standing: standing(account.points, account.gained) };
};

/** @example signed(-6) // '−6' */
const signed = (points: number): string => (points < 0 ? `−${String(-points)}` : `+${String(points)}`);

/** Short enough for a subject. @example 'Signe Østergård (Polar Rail & Sons)' */
const whoIn = ({ name, email, company }: HandoffRecord['brief']): string =>
  [cut(name ?? email ?? 'a new lead', 60), ...(company === null ? [] : [`(${cut(company, 60)})`])].join(' ');

/** Why this reader is asked, and who was before them. */
const askedOf = (asked: readonly Asked[]): JsonObject => {
  const last = asked.at(-1);
  const before = asked
    .filter(({ owner }) => owner.email !== last?.owner.email)
    .map(({ owner }) => owner.name);
  return {
    asked: last?.why ?? 'first',
    asked_before: [...new Set(before)],
    prefix: prefixOf({ asked, state: 'open' }),
  };
};

const buttons = (answer: (ask: Ask) => string): JsonObject => ({
  accept_url: answer('accepted'),
  not_now_url: answer('not-now'),
  not_a_fit_url: answer('not-a-fit'),
});

const scoreOf = ({ name, points, keys = [] }: ScoreInBrief): JsonObject => ({
  name,
  points,
  keys: keys.map((key) => ({ ...key })),
});

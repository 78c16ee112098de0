import { type HandoffRecord, nameOf } from '../../core/handoff.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Settings } from '../../core/schema/settings.ts';
import type { PersonAttributes } from '../journeys/people.ts';

/** An instant as people read it. @example '14 May 2026, 10:32' */
export const inZone = (at: number, timeZone: string): string =>
  new Intl.DateTimeFormat('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZone,
  }).format(at);

export type Sender = NonNullable<Settings['sender']>;

const person = (attributes: JsonObject): JsonObject => ({ ...attributes, name: nameOf(attributes) });
const from = (sender: Sender): JsonObject => ({
  name: sender.name ?? '',
  email: sender.email,
  address: sender.address ?? '',
});

/**
 * What a journey's mail may say: `lead.*` and `account.*` (attributes as their senders called them, and `lead.name`),
 * `sender.name`, `.email`, `.address`, `unsubscribe_url`, `preferences_url`.
 */
export const journeyVariables = (
  { lead, account }: PersonAttributes,
  sender: Sender,
  unsubscribeUrl: string,
): JsonObject => ({
  lead: person(lead),
  account,
  sender: from(sender),
  unsubscribe_url: unsubscribeUrl,
  preferences_url: unsubscribeUrl,
});

/**
 * What the handoff mail may say: `lead.name`, `.email`, `.title`, `.company`, `.phone`, `.country`; `account.name`;
 * `sender.*`; `handoff.owner.name`, `.url` (the lead's page), `.at`, `.band`, `.grade`, `.group`, `.total`,
 * `.scores` (`name`, `points`), `.reasons` (`sentence`, `why`, `points`), `.timeline` (`at`, `text`), `.products`.
 */
export const handoffVariables = (
  { brief, owner, at }: HandoffRecord,
  sender: Sender,
  leadUrl: string,
  timeZone: string,
): JsonObject => {
  const { name, email, title, company, phone, country, ...standing } = brief;
  return {
    lead: { name, email, title, company, phone, country },
    account: { name: company },
    sender: from(sender),
    handoff: {
      ...standing,
      scores: standing.scores.map((score) => ({ ...score })),
      reasons: standing.reasons.map((reason) => ({ ...reason })),
      timeline: standing.timeline.map((line) => ({ at: inZone(line.at, timeZone), text: line.text })),
      owner: { ...owner },
      url: leadUrl,
      at: inZone(at, timeZone),
    },
  };
};

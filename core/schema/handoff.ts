import { z } from 'zod';
import { AttributeCondition } from './condition.ts';
import { Duration, Name } from './scalar.ts';
import { TimeZone } from './time-zone.ts';

const SPAN = /^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$/;
const Span = z
  .string()
  .regex(SPAN, 'must be hours such as 09:00-17:00')
  .refine((text) => text.slice(0, 5) < text.slice(6), 'ends before it begins');
const Days = z
  .string()
  .regex(/^(mon|tue|wed|thu|fri|sat|sun)(-(mon|tue|wed|thu|fri|sat|sun))?$/, 'must be days such as mon-fri');
const Hours = z
  .record(Days, z.union([Span, z.array(Span).min(1)]))
  .refine((hours) => Object.keys(hours).length > 0, 'names no day');
export type Hours = z.infer<typeof Hours>;

const DATE = /^\d{4}-\d{2}-\d{2}$/;
/** Whether such a day is in the calendar: `2026-02-30` is not. */
const isDay = (text: string): boolean => {
  const at = DATE.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return Number.isFinite(at) && new Date(at).toISOString().startsWith(text);
};
const Off = z.string().refine((text) => {
  const [from = '', to = from, ...rest] = text.split('..');
  return rest.length === 0 && [from, to].every(isDay) && from <= to;
}, 'must be a day or days such as 2026-12-24..2026-12-26');

/** Made anew for each place: an editor shows what is said of a key only where the key stands. */
const work = () => ({
  time_zone: TimeZone.optional().describe(
    'Of their hours and days; that of settings.yaml where it is left out.',
  ),
  hours: Hours.optional().describe(
    "When they work: `{ mon-fri: '09:00-17:00' }`, which is also what is taken where nothing is said.",
  ),
});
const person = () => ({
  name: z.string().min(1).max(100).describe('As the mail greets them.'),
  email: z.email().describe('Where the mail goes.'),
  ...work(),
  off: z.array(Off).min(1).optional().describe('Days on which they get nothing: `[2026-12-24..2026-12-26]`.'),
});
const Person = () => z.strictObject(person());
export type Person = z.infer<ReturnType<typeof Person>>;

const Notify = () =>
  z.strictObject({
    slack: Name.optional().describe('The Slack channel that hears of it; one of `channels.slack`.'),
    teams: Name.optional().describe('The Microsoft Teams channel that hears of it; one of `channels.teams`.'),
    webhook: Name.optional().describe('The webhook (a CRM) that hears of it; one of `channels.webhook`.'),
  });
export type Notify = z.infer<ReturnType<typeof Notify>>;

const Team = z.strictObject({
  members: z.array(Person()).min(1).describe('They take turns.'),
  manager: Person().optional().describe('Hears of what no member answered in time.'),
  ...work(),
  notify: Notify().optional().describe("Where this team's handoffs are told, in place of `notify` below."),
  email: z
    .email()
    .optional()
    .describe("Where all of the team are written to at once: what a journey's `notify` has to tell them."),
});
export type Team = z.infer<typeof Team>;

/** One of: a person, a team. */
const assignee = () => ({
  ...person(),
  name: person().name.optional(),
  email: person().email.optional(),
  team: Name.optional().describe('One of `teams`: its members take turns.'),
});
const isWhole = ({ name, email, team }: { name?: unknown; email?: unknown; team?: unknown }): boolean =>
  team === undefined ? name !== undefined && email !== undefined : name === undefined && email === undefined;
const WHOLE = 'needs `name` and `email` of a person, or a `team`';

const isNamed = ({ name, email, team }: { name?: unknown; email?: unknown; team?: unknown }): boolean =>
  name !== undefined || email !== undefined || team !== undefined;

const Entry = z
  .strictObject({
    when: AttributeCondition.optional().describe(
      'Attributes that must all hold: `{ lead.country: [DK, SE] }`; always, where it is left out.',
    ),
    by: z
      .literal('account')
      .optional()
      .describe('Whoever has the account: its attribute `owner`, or who had its last handoff.'),
    ...assignee(),
  })
  .refine((entry) => (entry.by === undefined ? isWhole(entry) : !isNamed(entry)), {
    message: `${WHOLE}, or \`by: account\``,
  });

const ReasonKey = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be lower-case letters, digits and hyphens, at most 40')
  .refine((key) => key !== 'not-now', '`not-now` has a button of its own');

/**
 * `handoff.yaml`: who gets a qualified lead, how they hear of it, and by when they answer.
 * @example
 * again_after: 30d
 * owners:
 *   - { when: { account.country: [SE, NO, DK, FI] }, name: Sofia Lind, email: sofia@example.com }
 * default: { name: Sales, email: sales@example.com }
 */
export const Handoff = z.strictObject({
  again_after: Duration.optional().describe('No new handoff within this time of the last one.'),
  answer_within: Duration.optional().describe(
    "How many of the owner's working hours an answer may take, before they are reminded; then the next of the team is asked, then the manager. No limit where it is left out.",
  ),
  owners: z.array(Entry).optional().describe('Tried in order: the first whose tests all hold gets the lead.'),
  default: z.strictObject(assignee()).refine(isWhole, WHOLE).describe('Who gets all other leads.'),
  teams: z.record(Name, Team).optional().describe('People who take turns, by the name of their team.'),
  morning: z
    .union([
      z.string().regex(/^([01]\d|2[0-3]):00$/, 'must be a full hour such as 08:00, or false'),
      z.literal(false),
    ])
    .optional()
    .describe(
      "When each owner is told whom to call today, by their own clock on their working days: `'08:00'` where it is left out; `false` never. It needs emails/morning.mjml, and without it there is none.",
    ),
  reasons: z
    .record(ReasonKey, z.string().min(1).max(75))
    .refine((reasons) => {
      const count = Object.keys(reasons).length;
      return count > 0 && count <= 100;
    }, 'must be 1 to 100 reasons')
    .optional()
    .describe('Why a lead is not a fit: what sales may choose from.'),
  channels: z
    .strictObject({
      slack: z.array(Name).min(1).optional().describe('Names of Slack channels.'),
      teams: z.array(Name).min(1).optional().describe('Names of Microsoft Teams channels.'),
      webhook: z.array(Name).min(1).optional().describe('Names of webhooks, such as a CRM.'),
    })
    .optional()
    .describe(
      'What there is beside mail. The addresses are secrets, and are kept by these names in Secrets Manager.',
    ),
  notify: Notify().optional().describe('Who hears of a handoff beside its owner.'),
});
export type Handoff = z.infer<typeof Handoff>;

/** Whom a handoff is given to. */
export interface Owner {
  readonly name: string;
  readonly email: string;
}

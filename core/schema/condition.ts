import { z } from 'zod';

import { Matcher } from './matcher.ts';
import { Duration } from './scalar.ts';

const EVENT =
  'The name of an event (`Demo Booked`, `email.clicked`), or `page`, `screen`. Other keys are its properties, or attributes: `path: /pricing*`, `lead.title: CTO`.';

/** `lead.title: CTO`: all must hold. */
export const AttributeCondition = z.record(
  z
    .string()
    .regex(/^(lead|account)\.[^.]/, 'must be an attribute, such as `lead.country` or `account.employees`'),
  Matcher,
);
export type AttributeCondition = z.infer<typeof AttributeCondition>;

/** `{ event: page, path: /pricing* }`; every other key is a property or a `lead.` or `account.` attribute. */
export const EventCondition = z.object({ event: Matcher.describe(EVENT) }).catchall(Matcher);
export type EventCondition = z.infer<typeof EventCondition>;

/** An event condition inside `all`, `any` or `not`: has happened that often. */
export const HappenedCondition = z
  .object({
    event: Matcher.describe(EVENT),
    at_least: z.int().min(1).optional().describe('It happened this often; once, where it is left out.'),
    within: Duration.optional().describe('In the time until now; ever, where it is left out.'),
  })
  .catchall(Matcher);
export type HappenedCondition = z.infer<typeof HappenedCondition>;

export const InactiveCondition = z.strictObject({
  inactive: Duration.describe('True while nothing has been done for this long.'),
});
export const ActiveCondition = z.strictObject({
  active_within: Duration.describe('True while something has been done within this time.'),
});

/** An event, by its name alone or as a condition. */
export const EventReference = z.union([Matcher, EventCondition]);
export type EventReference = z.infer<typeof EventReference>;

export const Rate = z.strictObject({
  of: EventReference.describe('The events that count, such as `email.clicked`.'),
  out_of: EventReference.describe('The events that they are a share of, such as `email.delivered`.'),
  at_least: z
    .string()
    .regex(/^\d{1,3}(\.\d{1,6})?%$/, 'must be a share such as 50%')
    .describe('True from this share on, such as 50%.'),
  min: z.int().min(1).optional().describe('False while there are fewer `out_of` than this.'),
  within: Duration.optional().describe('Only events of this time count.'),
});
export type Rate = z.infer<typeof Rate>;
export const RateCondition = z.strictObject({ rate: Rate.describe('A share of events.') });

/** What may stand inside `all`, `any` and `not`. */
export type Clause =
  | z.infer<typeof HappenedCondition>
  | AttributeCondition
  | z.infer<typeof InactiveCondition>
  | z.infer<typeof ActiveCondition>
  | z.infer<typeof RateCondition>
  | { all: Clause[] }
  | { any: Clause[] }
  | { not: Clause };

export const AllCondition: z.ZodType<{ all: Clause[] }> = z.strictObject({
  get all() {
    return z.array(Clause).min(1).describe('True while all of these are.');
  },
});
export const AnyCondition: z.ZodType<{ any: Clause[] }> = z.strictObject({
  get any() {
    return z.array(Clause).min(1).describe('True while any of these is.');
  },
});
export const NotCondition: z.ZodType<{ not: Clause }> = z.strictObject({
  get not() {
    return Clause.describe('True while this is not; also where nothing is known.');
  },
});

const alone = [
  InactiveCondition,
  ActiveCondition,
  RateCondition,
  AllCondition,
  AnyCondition,
  NotCondition,
] as const;
export const Clause: z.ZodType<Clause> = z.lazy(() =>
  z.union([HappenedCondition, AttributeCondition, ...alone]),
);

/** A rule's `when`. */
export type Condition = EventCondition | Exclude<Clause, HappenedCondition>;
export const Condition: z.ZodType<Condition> = z.lazy(() =>
  z.union([EventCondition, AttributeCondition, ...alone]),
);

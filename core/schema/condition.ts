import { z } from 'zod';

import { Matcher } from './matcher.ts';
import { Duration } from './scalar.ts';

/** `lead.title: CTO`: all must hold. */
export const AttributeCondition = z.record(z.string().regex(/^(lead|account)\.[^.]/), Matcher);
export type AttributeCondition = z.infer<typeof AttributeCondition>;

/** `{ event: page, path: /pricing* }`; every other key is a property or a `lead.` or `account.` attribute. */
export const EventCondition = z.object({ event: Matcher }).catchall(Matcher);
export type EventCondition = z.infer<typeof EventCondition>;

/** An event condition inside `all`, `any` or `not`: has happened that often. */
export const HappenedCondition = z
  .object({ event: Matcher, at_least: z.int().min(1).optional(), within: Duration.optional() })
  .catchall(Matcher);
export type HappenedCondition = z.infer<typeof HappenedCondition>;

export const InactiveCondition = z.strictObject({ inactive: Duration });
export const ActiveCondition = z.strictObject({ active_within: Duration });

/** An event, by its name alone or as a condition. */
export const EventReference = z.union([Matcher, EventCondition]);
export type EventReference = z.infer<typeof EventReference>;

export const Rate = z.strictObject({
  of: EventReference,
  out_of: EventReference,
  at_least: z.string().regex(/^\d{1,3}(\.\d{1,6})?%$/, 'must be a share such as 50%'),
  min: z.int().min(1).optional(),
  within: Duration.optional(),
});
export type Rate = z.infer<typeof Rate>;
export const RateCondition = z.strictObject({ rate: Rate });

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
    return z.array(Clause).min(1);
  },
});
export const AnyCondition: z.ZodType<{ any: Clause[] }> = z.strictObject({
  get any() {
    return z.array(Clause).min(1);
  },
});
export const NotCondition: z.ZodType<{ not: Clause }> = z.strictObject({
  get not() {
    return Clause;
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

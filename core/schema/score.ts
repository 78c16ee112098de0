import { z } from 'zod';

import { Condition } from './condition.ts';
import { Day, Duration, Limit, Name, Points, Property } from './scalar.ts';

/** Lines of `points_by` in the order of the file, which JSON objects do not keep for keys that look like numbers. */
const Lines = z
  .array(z.tuple([z.union([z.string(), z.number(), z.boolean()]), Points]))
  .min(1)
  .meta({ internal: true });

export const Rule = z.strictObject({
  why: z.string().min(1).describe("The reason, for whoever reads the rule or a lead's score."),
  when: Condition.optional().describe(
    'What the rule looks for: an event (`{ event: page, path: /pricing* }`), attributes (`{ lead.title: CTO }`), `inactive`, `active_within`, `rate`, or `all`, `any`, `not` of these.',
  ),
  points: Points.optional().describe('What each award is worth, or the rule while it is true; also below 0.'),
  points_by: z
    .record(z.string().min(1), z.union([z.record(z.string(), Points), Lines]))
    .optional()
    .describe(
      'Points by the value of one attribute or property, first line that matches: `{ account.employees: { "<50": 5, "50..": 20 } }`.',
    ),
  distinct: Property.optional().describe(
    'Keeps the newest event for each value of this property: `distinct: form` counts a form once.',
  ),
  once_per: Duration.optional().describe(
    'Keeps an event if at least this long has passed since the last kept one.',
  ),
  within: Duration.optional().describe('Only what is younger than this counts.'),
  once: z.literal(true).optional().describe('One award, however often it happened.'),
  at_least: z.int().min(1).max(10_000).optional().describe('One award, if it happened this often.'),
  steps: z
    .record(z.string().regex(/^[1-9]\d{0,3}$/, 'must be how many times, from 1'), Points)
    .optional()
    .describe(
      'In place of `points`: `{ 1: 5, 2: 10 }` is 5 for the first time and 10 more from the second on.',
    ),
  every: z
    .union([z.int().min(1), Duration])
    .optional()
    .describe(
      'Of events: an award at each n-th (`every: 3`). Of `inactive`: the points once more for each further period (`every: 7d`).',
    ),
  burst: z
    .strictObject({
      count: z.int().min(1).max(10_000).describe('How many events.'),
      within: Duration.describe('In less than this time.'),
    })
    .optional()
    .describe('An award whenever this many come in so short a time.'),
  half_life: Duration.optional().describe(
    'An award is worth half after this time, a quarter after twice of it, and so on.',
  ),
  fade: z
    .strictObject({
      percent: z.number().positive().describe('How much goes away, of what it was at first.'),
      every: Duration.describe('In how long, evenly.'),
    })
    .optional()
    .describe('An award fades evenly to nothing: `{ percent: 50, every: 30d }` is gone after 60 days.'),
  cap: Points.optional().describe('The rule gives no more than this in sum; below 0, no less.'),
  group: z.string().optional().describe("One of this file's `groups`, which holds the sum of its rules."),
  active: z
    .string()
    .optional()
    .describe('Only events of these days count: `2026-01-01..2026-03-31`, both included, either end open.'),
  review_by: Day.optional().describe('`kindling check` warns when this day is over.'),
  owner: z.string().min(1).optional().describe('Who answers for the rule.'),
});
export type Rule = z.infer<typeof Rule>;

/** `scores/*.yaml`. */
export const ScoreFile = z.strictObject({
  score: Name.describe('The score that this file feeds. Several files may feed one.'),
  by: Property.optional().describe(
    'Makes the score keyed, a number for each value of this property of events: product scoring.',
  ),
  about: z.string().optional().describe('What the score says, for people.'),
  limit: Limit.optional().describe('Holds the score between `min` and `max`; either may be left out.'),
  groups: z
    .record(Name, Limit)
    .optional()
    .describe('Names of groups, each with a `min` or `max` for the sum of the rules that join it.'),
  rules: z.record(Name, Rule).describe('The rules by name; a name is used once over all scores.'),
});
export type ScoreFile = z.infer<typeof ScoreFile>;

import { z } from 'zod';

import { Condition } from './condition.ts';
import { Day, Duration, Limit, Name, Points, Property } from './scalar.ts';

/** Lines of `points_by` in the order of the file, which JSON objects do not keep for keys that look like numbers. */
const Lines = z.array(z.tuple([z.union([z.string(), z.number(), z.boolean()]), Points])).min(1);

export const Rule = z.strictObject({
  /** The reason, for whoever reads the rule or a lead's score. */
  why: z.string().min(1),
  when: Condition.optional(),
  points: Points.optional(),
  points_by: z.record(z.string().min(1), z.union([z.record(z.string(), Points), Lines])).optional(),
  distinct: Property.optional(),
  once_per: Duration.optional(),
  within: Duration.optional(),
  once: z.literal(true).optional(),
  at_least: z.int().min(1).max(10_000).optional(),
  steps: z.record(z.string().regex(/^[1-9]\d{0,3}$/, 'must be how many times, from 1'), Points).optional(),
  every: z.union([z.int().min(1), Duration]).optional(),
  burst: z.strictObject({ count: z.int().min(1).max(10_000), within: Duration }).optional(),
  half_life: Duration.optional(),
  fade: z.strictObject({ percent: z.number().positive(), every: Duration }).optional(),
  cap: Points.optional(),
  group: z.string().optional(),
  /** Days of the calendar: `2026-01-01..2026-03-31`, either end open. */
  active: z.string().optional(),
  review_by: Day.optional(),
  owner: z.string().min(1).optional(),
});
export type Rule = z.infer<typeof Rule>;

/** `scores/*.yaml`. */
export const ScoreFile = z.strictObject({
  score: Name,
  /** Makes the score keyed: each event goes to the key that this property names. */
  by: Property.optional(),
  about: z.string().optional(),
  limit: Limit.optional(),
  groups: z.record(Name, Limit).optional(),
  rules: z.record(Name, Rule),
});
export type ScoreFile = z.infer<typeof ScoreFile>;

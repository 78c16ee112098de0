import { z } from 'zod';

import { Limit, Name, Points } from './scalar.ts';

const Names = z.union([z.string(), z.array(z.string()).min(1)]);

/** A plain number is both `enter` and `leave`; `leave` is `enter` where it is left out. Whole points. */
export const BandStep = z.union([Points, z.strictObject({ enter: Points, leave: Points.optional() })]);
export type BandStep = z.infer<typeof BandStep>;

/** Bands by name, lowest first; `of` names a score, else they are steps of the total. */
export const BandSteps = z.object({ of: z.string().optional() }).catchall(BandStep);
export type BandSteps = z.infer<typeof BandSteps>;

export const Total = z.strictObject({
  /** A weight for each score; a keyed one enters as `max` or `sum` of its keys. */
  sum: z.record(z.string(), z.union([Points, z.enum(['max', 'sum'])])),
  limit: Limit.optional(),
});

/** Whole points: a number, a range or a comparison, or a list of these. */
const PointsTest = z.union([z.string(), z.number(), z.array(z.union([z.string(), z.number()])).min(1)]);

const GroupTests = z.record(z.string(), PointsTest);
export type GroupTests = z.infer<typeof GroupTests>;

/** `bands.yaml`. A checked ruleset has its groups as a list of pairs, since JSON need not keep the order of keys. */
export const Bands = z.strictObject({
  total: Total.optional(),
  bands: BandSteps,
  grades: z.object({ of: z.string() }).catchall(Points).optional(),
  /** Tried in order; the first whose tests all hold. */
  groups: z.union([z.record(Name, GroupTests), z.array(z.tuple([Name, GroupTests]))]).optional(),
  qualified: z
    .strictObject({ band: Names.optional(), group: Names.optional(), grade: Names.optional() })
    .optional(),
});
export type Bands = z.infer<typeof Bands>;

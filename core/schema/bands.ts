import { z } from 'zod';

import { Limit, Name, Points } from './scalar.ts';

const Names = z.union([z.string(), z.array(z.string()).min(1)]);

/** A plain number is both `enter` and `leave`; `leave` is `enter` where it is left out. Whole points. */
export const BandStep = z.union([
  Points,
  z.strictObject({
    enter: Points.describe('From this many points on a lead moves up to it.'),
    leave: Points.optional().describe('Below this it moves down again; as `enter` where it is left out.'),
  }),
]);
export type BandStep = z.infer<typeof BandStep>;

/** Bands by name, lowest first; `of` names a score, else they are steps of the total. */
export const BandSteps = z
  .object({
    of: z.string().optional().describe('The number that these are steps of; the total where it is left out.'),
  })
  .catchall(BandStep);
export type BandSteps = z.infer<typeof BandSteps>;

export const Total = z.strictObject({
  sum: z
    .record(z.string(), z.union([Points, z.enum(['max', 'sum'])]))
    .describe('A weight for each score; a keyed score enters as `max` or `sum` of its keys.'),
  limit: Limit.optional().describe('Holds the total between `min` and `max`.'),
});

/** Whole points: a number, a range or a comparison, or a list of these. */
const PointsTest = z.union([z.string(), z.number(), z.array(z.union([z.string(), z.number()])).min(1)]);

const GroupTests = z.record(z.string(), PointsTest);
export type GroupTests = z.infer<typeof GroupTests>;

/** `bands.yaml`. A checked ruleset has its groups as a list of pairs, since JSON need not keep the order of keys. */
export const Bands = z.strictObject({
  total: Total.optional().describe('How scores add up to one number.'),
  bands: BandSteps.describe(
    'From cold to hot: names with the points from which on they hold, lowest first. `hot: { enter: 70, leave: 60 }` keeps a lead at the edge from jumping back and forth.',
  ),
  grades: z
    .object({ of: z.string().describe('The score that these are steps of.') })
    .catchall(Points)
    .optional()
    .describe('Steps of one score, without a memory: `{ of: fit, A: 75, B: 50 }`.'),
  groups: z
    .union([z.record(Name, GroupTests), z.array(z.tuple([Name, GroupTests])).meta({ internal: true })])
    .optional()
    .describe(
      'Tried in order, the first whose tests all hold: `revenue: { fit: ">=50", engagement: ">=50" }`.',
    ),
  qualified: z
    .strictObject({
      band: Names.optional().describe('In one of these bands,'),
      group: Names.optional().describe('and in one of these groups,'),
      grade: Names.optional().describe('and with one of these grades.'),
    })
    .optional()
    .describe('Who is handed to sales; all that is named must hold.'),
});
export type Bands = z.infer<typeof Bands>;

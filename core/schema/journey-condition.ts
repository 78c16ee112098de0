import { z } from 'zod';

import { HappenedCondition } from './condition.ts';
import { Matcher } from './matcher.ts';

const Names = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]);
/** Whole points: a number, a range or a comparison, or a list of these. */
const PointsTest = z.union([z.string(), z.number(), z.array(z.union([z.string(), z.number()])).min(1)]);

/** Where the lead stands now; all that is named must hold. */
export interface StandsCondition {
  readonly band?: string | readonly string[] | undefined;
  readonly group?: string | readonly string[] | undefined;
  readonly grade?: string | readonly string[] | undefined;
  readonly qualified?: boolean | undefined;
  readonly score?: Readonly<Record<string, z.infer<typeof PointsTest>>> | undefined;
  readonly [attribute: `lead.${string}` | `account.${string}`]: Matcher;
}
/** It happened since the journey began; other keys are properties of the event, or attributes as they are now. */
export interface SinceCondition {
  readonly event: Matcher;
  readonly at_least?: number | undefined;
  readonly within?: string | undefined;
  readonly [property: string]: Matcher | undefined;
}

/** What an `if`, a `goal` and a `stop` may ask. */
export type JourneyCondition =
  | StandsCondition
  | SinceCondition
  | { readonly all: readonly JourneyCondition[] }
  | { readonly any: readonly JourneyCondition[] }
  | { readonly not: JourneyCondition };

/** The keys of a `StandsCondition` that are no attributes. */
export const STANDS_KEYS = ['band', 'group', 'grade', 'qualified', 'score'] as const;
/** Conditions that stand alone in their mapping. */
export const COMBINING_KEYS = ['all', 'any', 'not'] as const;

const isAttribute = (key: string): boolean => /^(lead|account)\.[^.]/.test(key);

export const StandsCondition: z.ZodType<StandsCondition> = z
  .object({
    band: Names.optional().describe('The lead is in one of these bands now.'),
    group: Names.optional().describe('The lead is in one of these groups now.'),
    grade: Names.optional().describe('The lead has one of these grades now.'),
    qualified: z.boolean().optional().describe('Whether the lead is qualified now.'),
    score: z
      .record(z.string(), PointsTest)
      .optional()
      .describe('Whole points now, by score or `total`: `{ engagement: ">=20" }`.'),
  })
  .catchall(Matcher)
  .refine((value) =>
    Object.keys(value).every((key) => isAttribute(key) || (STANDS_KEYS as readonly string[]).includes(key)),
  );

export const SinceCondition = HappenedCondition as unknown as z.ZodType<SinceCondition>;

export const AllOf = z.strictObject({
  get all(): z.ZodType<readonly JourneyCondition[]> {
    return z.array(JourneyCondition).min(1).describe('All of these hold.');
  },
});
export const AnyOf = z.strictObject({
  get any(): z.ZodType<readonly JourneyCondition[]> {
    return z.array(JourneyCondition).min(1).describe('Any of these holds.');
  },
});
export const NotOf = z.strictObject({
  get not(): z.ZodType<JourneyCondition> {
    return JourneyCondition.describe('This does not hold; also where nothing is known.');
  },
});

/** `{ band: warm }`, `{ event: Trial Started }` since the journey began, or `all`, `any`, `not` of these. */
export const JourneyCondition: z.ZodType<JourneyCondition> = z.lazy(() =>
  z.union([SinceCondition, AllOf, AnyOf, NotOf, StandsCondition]),
);

import { z } from 'zod';

import { AttributeCondition, EventCondition } from './condition.ts';
import { JourneyCondition } from './journey-condition.ts';
import { JourneyStep, MachineName, Share } from './journey-step.ts';
import { TopicName } from './mail-settings.ts';
import { Matcher } from './matcher.ts';
import { Duration } from './scalar.ts';

const Names = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]);

export const BandStart = z.strictObject({ band: Names.describe('The lead enters one of these bands.') });
export const GroupStart = z.strictObject({ group: Names.describe('The lead enters one of these groups.') });
export const GradeStart = z.strictObject({ grade: Names.describe('The lead gets one of these grades.') });
export const AccountStart = z.strictObject({
  account: z
    .strictObject({
      band: Names.optional().describe("The lead's account enters one of these bands."),
      qualified: z.literal(true).optional().describe("The lead's account qualifies."),
    })
    .describe("The lead's account turns: all of its people begin."),
});
export const RejectedStart = z.strictObject({
  qualified: z.literal('rejected').describe('Sales has answered a handoff with “not now” or “not a fit”.'),
  reason: Matcher.optional().describe('With this reason; `not-now` is the answer “not now”.'),
});

/** When a lead begins. */
export const JourneyStart = z.union([
  BandStart,
  GroupStart,
  GradeStart,
  AccountStart,
  RejectedStart,
  EventCondition,
]);
export type JourneyStart =
  | z.infer<typeof BandStart>
  | z.infer<typeof GroupStart>
  | z.infer<typeof GradeStart>
  | z.infer<typeof AccountStart>
  | z.infer<typeof RejectedStart>
  | EventCondition;

const Conditions = z.union([JourneyCondition, z.array(JourneyCondition).min(1)]);

/** `journeys/<name>.yaml`. */
export const Journey = z.strictObject({
  journey: MachineName.describe('The name of the journey.'),
  about: z.string().optional().describe('What it is for, for people.'),
  topic: TopicName.optional().describe(
    'What its mails are about, where they do not say: one of `topics` in settings.yaml.',
  ),
  retired: z
    .boolean()
    .optional()
    .describe('Nobody new begins; whoever is on the way goes on to the end. Then the file may go.'),
  start: JourneyStart.describe(
    'When a lead begins: entering a `band`, `group` or `grade`, at an `event`, when its `account` turns, or when sales rejects it.',
  ),
  for: AttributeCondition.optional().describe(
    'Only leads whose attributes are such: `{ lead.country: [DK, SE] }`.',
  ),
  once: z.literal(true).optional().describe('A lead begins once, ever; so it is without `again_after`.'),
  again_after: Duration.optional().describe(
    'How long after the last time a lead may begin again; never, where it is left out.',
  ),
  hold_out: Share.optional().describe(
    'The share of leads that get nothing, so that the effect of the journey can be measured: 10%.',
  ),
  goal: Conditions.optional().describe('What it is for: reached, the journey ends and counts as a success.'),
  stop: z
    .array(JourneyCondition)
    .optional()
    .describe(
      'Ends the journey before its next step. Being handed over, unsubscribing, complaining and a bounce always do.',
    ),
  steps: z
    .array(JourneyStep)
    .min(1)
    .describe(
      'What happens, one after the other: `wait`, `send`, `if`, `split`, `set`, `notify`, `webhook`, `handoff`, `exit`.',
    ),
});
export type Journey = Omit<z.infer<typeof Journey>, 'start' | 'goal' | 'stop' | 'steps'> & {
  readonly start: JourneyStart;
  readonly goal?: JourneyCondition | readonly JourneyCondition[] | undefined;
  readonly stop?: readonly JourneyCondition[] | undefined;
  readonly steps: readonly JourneyStep[];
};

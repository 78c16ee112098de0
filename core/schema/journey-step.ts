import { z } from 'zod';

import { JourneyCondition, SinceCondition } from './journey-condition.ts';
import { Duration, Name as HandoffName } from './scalar.ts';

/** Journeys and emails become parts of keys, message tags and names of state machines. */
export const MachineName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be lower case letters, digits and hyphens, at most 40');

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof WEEKDAYS)[number];
const WeekdayName = z.enum(WEEKDAYS);

/** A share of leads, such as 10% or 12.5%. */
export const Share = z.string().regex(/^(100|\d{1,2}(\.\d{1,2})?)%$/, 'must be a share such as 10%');

const Until = z.strictObject({
  weekday: z
    .union([WeekdayName, z.array(WeekdayName).min(1)])
    .optional()
    .describe('One of these days of the week; any day, where it is left out.'),
  at: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day such as 09:00')
    .describe("The time of the lead's day, such as '09:00'."),
});
export type Until = z.infer<typeof Until>;

export const WaitUntil = z.strictObject({
  until: Until.describe(
    "The next such moment by the lead's clock (its attribute `timezone`, else settings.yaml's).",
  ),
});
export const WaitFor = z.strictObject({
  for: SinceCondition.describe('Until this has happened since the journey began.'),
  timeout: Duration.describe('Goes on after this long, whatever has happened.'),
});
export const Wait: z.ZodType<Wait> = z.union([Duration, WaitUntil, WaitFor]);
export type Wait =
  string | { readonly until: Until } | { readonly for: SinceCondition; readonly timeout: string };

export const WaitStep = z.strictObject({
  wait: Wait.describe('How long until the next step: a duration, until a time of the week, or for an event.'),
});
export const SendStep = z.strictObject({
  send: MachineName.describe('A mail: `trial` is emails/trial.mjml.'),
});
export const SetStep = z.strictObject({
  set: z
    .record(
      z
        .string()
        .regex(/^lead\.[A-Za-z_][A-Za-z0-9_]{0,63}$/, 'must be an attribute of the lead: `lead.stage`'),
      z.union([z.string().min(1).max(500), z.number(), z.boolean()]),
    )
    .describe('Attributes of the lead: `{ lead.stage: nurtured }`.'),
});
export const NotifyStep = z.strictObject({
  notify: HandoffName.describe('One of `teams` in handoff.yaml, which is told where the lead stands.'),
  text: z.string().min(1).max(500).optional().describe('What to tell it, in a sentence.'),
});
export const WebhookStep = z.strictObject({
  webhook: HandoffName.describe('One of `channels.webhook` in handoff.yaml, which is called with the lead.'),
});
export const HandoffStep = z.strictObject({
  handoff: z.literal(true).describe('Hands the lead to sales now, qualified or not; this journey ends.'),
});
export const ExitStep = z.strictObject({ exit: z.literal(true).describe('Ends the journey here.') });

const Steps: z.ZodType<readonly JourneyStep[]> = z.lazy(() => z.array(JourneyStep).min(1));
export const IfStep = z.strictObject({
  if: JourneyCondition.describe(
    '`{ band: warm }`, `{ event: Trial Started }` since the journey began, or `all`, `any`, `not` of these.',
  ),
  then: Steps.describe('The steps where it holds.'),
  else: Steps.optional().describe('The steps where it does not.'),
});
/** Names of ways become parts of steps' names, which tell a hyphen and a dot apart no longer. */
export const WayName = z
  .string()
  .regex(/^[a-z][a-z0-9]{0,15}$/, 'must be lower case letters and digits, at most 16');
export const SplitStep = z.strictObject({
  split: z
    .record(WayName, Share)
    .describe('Which share of leads goes which way: `{ short: 50%, long: 50% }`.'),
  then: z.record(WayName, Steps).describe('The steps of each way; a way without steps goes on at once.'),
});

export type IfStep = {
  readonly if: JourneyCondition;
  readonly then: readonly JourneyStep[];
  readonly else?: readonly JourneyStep[] | undefined;
};
export type SplitStep = {
  readonly split: Readonly<Record<string, string>>;
  readonly then: Readonly<Record<string, readonly JourneyStep[]>>;
};
export type JourneyStep =
  | { readonly wait: Wait }
  | { readonly send: string }
  | IfStep
  | SplitStep
  | { readonly set: Readonly<Record<string, string | number | boolean>> }
  | { readonly notify: string; readonly text?: string | undefined }
  | { readonly webhook: string }
  | { readonly handoff: true }
  | { readonly exit: true };

/** By the verb that tells them apart. */
export const STEPS = {
  wait: WaitStep,
  send: SendStep,
  if: IfStep,
  split: SplitStep,
  set: SetStep,
  notify: NotifyStep,
  webhook: WebhookStep,
  handoff: HandoffStep,
  exit: ExitStep,
} as const;
export const STEP_VERBS = Object.keys(STEPS) as readonly (keyof typeof STEPS)[];

/** One step; each is a mapping with one verb. */
export const JourneyStep: z.ZodType<JourneyStep> = z.union(Object.values(STEPS));

import { z } from 'zod';

import { Duration } from './scalar.ts';

const Clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day such as 08:00');

/** When nobody gets mail; a time of day, in the lead's zone. */
export const QuietHours = z
  .strictObject({
    from: Clock.describe('Such as 20:00.'),
    to: Clock.describe('Such as 08:00; may lie on the next day.'),
    weekends: z.boolean().optional().describe('Whether Saturday and Sunday are quiet all day.'),
  })
  .refine(({ from, to }) => from !== to, 'quiet hours that end when they begin would be the whole day');
export type QuietHours = z.infer<typeof QuietHours>;

/** How many mails a lead gets at most, over all journeys. */
export const MailLimit = z.strictObject({
  at_most: z.int().min(1).max(1_000).describe('So many mails'),
  within: Duration.describe('in so long, over all journeys: `7d`.'),
});
export type MailLimit = z.infer<typeof MailLimit>;

/** Whether journeys write only to leads that agreed to it. */
export const ConsentRule = z.enum(['required', 'not-required']);
export type ConsentRule = z.infer<typeof ConsentRule>;

/** Topics become parts of keys and links. */
export const TopicName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be lower case letters, digits and hyphens, at most 40');

/** What people may have mails about, and call off one by one. */
export const Topics = z.record(TopicName, z.string().min(1).max(100));
export type Topics = z.infer<typeof Topics>;

import { z } from 'zod';

import { BandSteps } from './bands.ts';
import { Name } from './scalar.ts';

const best = z
  .int()
  .min(1)
  .optional()
  .describe('Only the people with the most; all of them where it is left out.');

/** How one number of an account comes from its people; `best` takes only the n highest. */
export const Rollup = z.union([
  z.strictObject({ sum: z.string().describe('Added up over people: a score, or `total`.'), best }),
  z.strictObject({ max: z.string().describe('Of whoever has the most: a score, or `total`.'), best }),
  z.strictObject({ avg: z.string().describe('The average over people: a score, or `total`.'), best }),
]);
export type Rollup = z.infer<typeof Rollup>;

/** `accounts.yaml`. */
export const Accounts = z.strictObject({
  account: z
    .strictObject({
      from: z
        .array(z.enum(['account.id', 'email-domain']))
        .min(1)
        .optional()
        .describe(
          'How a person comes to an account: by the id that `group` names, by the domain of the address.',
        ),
      rollup: z
        .record(Name, Rollup)
        .describe('Numbers of the account: `engagement: { sum: engagement, best: 5 }`.'),
      bands: BandSteps.optional().describe('Steps of one of these numbers, which `of` names.'),
      qualified: z
        .strictObject({
          band: z
            .union([z.string(), z.array(z.string()).min(1)])
            .optional()
            .describe('The account is in one of these bands,'),
          people: z
            .int()
            .min(1)
            .optional()
            .describe('and at least so many of its people have more than 0 of what the bands measure.'),
        })
        .optional()
        .describe('Which accounts are handed to sales.'),
    })
    .describe('How people add up to a company.'),
});
export type Accounts = z.infer<typeof Accounts>;

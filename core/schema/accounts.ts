import { z } from 'zod';

import { BandSteps } from './bands.ts';
import { Name } from './scalar.ts';

const best = z.int().min(1).optional();

/** How one number of an account comes from its people; `best` takes only the n highest. */
export const Rollup = z.union([
  z.strictObject({ sum: z.string(), best }),
  z.strictObject({ max: z.string(), best }),
  z.strictObject({ avg: z.string(), best }),
]);
export type Rollup = z.infer<typeof Rollup>;

/** `accounts.yaml`. */
export const Accounts = z.strictObject({
  account: z.strictObject({
    from: z
      .array(z.enum(['account.id', 'email-domain']))
      .min(1)
      .optional(),
    rollup: z.record(Name, Rollup),
    bands: BandSteps.optional(),
    qualified: z
      .strictObject({
        band: z.union([z.string(), z.array(z.string()).min(1)]).optional(),
        /** How many people must have more than 0 of what the bands measure. */
        people: z.int().min(1).optional(),
      })
      .optional(),
  }),
});
export type Accounts = z.infer<typeof Accounts>;

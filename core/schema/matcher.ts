import { z } from 'zod';

import { matcherProblem } from '../engine/matcher.ts';

const Scalar = z.union([z.string(), z.number(), z.boolean()]).superRefine((value, context) => {
  const message = matcherProblem(value);
  if (message !== null) context.addIssue({ code: 'custom', message });
});

/** A text (`*` is any run of characters), number, true/false, range, comparison, date, `exists`, `missing`, or a list of these. */
export const Matcher = z.union([Scalar, z.array(Scalar).min(1)]);
export type Matcher = z.infer<typeof Matcher>;

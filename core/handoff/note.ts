import type { JsonObject } from '../json.ts';
import { nameOf, textOf } from './brief.ts';
import type { Note } from './teams-card.ts';

/** What a journey tells a team of a lead: what its file says, else where the lead came by. */
export const noteOf = (
  {
    text,
    step,
    journey,
  }: { readonly text?: string | undefined; readonly step: string; readonly journey: string },
  attributes: JsonObject,
  email: string | null,
  band: string | null,
): Note => ({
  text: text ?? `Came by step ${step} of the journey “${journey}”.`,
  name: nameOf(attributes),
  email,
  company: textOf(attributes, 'company', 'companyName', 'company_name'),
  band,
});

import type { Handoff } from '../schema/handoff.ts';

/** Why a lead is not a fit, where `handoff.yaml` names no reasons; by key, as people read them. */
const REASONS: Readonly<Record<string, string>> = {
  'wrong-person': 'Wrong person',
  'too-small': 'Company too small',
  'no-need': 'No need for it',
  competitor: 'Uses a competitor',
  'not-serious': 'Student or not serious',
};

/** What sales may choose from when a lead is not a fit, by key, as people read it. */
export const reasonsOf = (rules: Pick<Handoff, 'reasons'> | null): Readonly<Record<string, string>> =>
  rules?.reasons ?? REASONS;

import { type AttributeView, attributeReader } from './match.ts';
import type { LeadEvent } from '../event.ts';
import type { Json } from '../json.ts';
import { matcher, type MatcherScalar } from './matcher.ts';
import { reach } from './reach.ts';
import type { Rule } from '../schema/score.ts';

/** Where a rule's points come from: a number, a property of each awarding event, or an attribute as it is now. */
export type Worth =
  | { readonly kind: 'fixed'; readonly points: number }
  | { readonly kind: 'property'; readonly units: (event: LeadEvent) => number }
  | { readonly kind: 'attribute'; readonly points: (view: AttributeView) => number };

/** The points of the first line that matches, else 0. */
function table(lines: readonly (readonly [MatcherScalar, number])[]): (value: Json | undefined) => number {
  const compiled = lines.map(([line, points]) => ({ holds: matcher(line), points }));
  return (value) => compiled.find(({ holds }) => holds(value))?.points ?? 0;
}

/** @param rule steps give their own points, and count in ones */
export function worthOf({ points = 1, points_by }: Rule): Worth {
  const [entry] = Object.entries(points_by ?? {});
  if (!entry) return { kind: 'fixed', points };
  const [key, given] = entry;
  const look = table(Array.isArray(given) ? given : Object.entries(given));
  if (/^(lead|account)\./.test(key)) {
    const read = attributeReader(key);
    return { kind: 'attribute', points: (view) => look(read(view)) };
  }
  const path = key.split('.');
  return { kind: 'property', units: ({ properties }) => look(reach(properties, path)) };
}

/** Whether all that a rule awards has one sign, so that what ends takes its value toward 0. */
export const isSteady = ({ points_by, steps = {} }: Rule): boolean =>
  (points_by === undefined || Object.keys(points_by).every((key) => /^(lead|account)\./.test(key))) &&
  (Object.values(steps).every((each) => each >= 0) || Object.values(steps).every((each) => each <= 0));

import { expect, test } from 'vitest';
import type { LeadEvent } from '../../../core/event.ts';
import type { Json } from '../../../core/json.ts';
import { track } from '../engine/scenario.ts';
import { gives } from './written.ts';

/** A rule, what happened, and what the rule gives. */
export type Row = readonly [
  sentence: string,
  rule: string,
  events: readonly LeadEvent[],
  /** By day. */
  points: Readonly<Record<number, number>>,
];
export const x = (days: number, properties: Record<string, Json> = {}): LeadEvent =>
  track(days, 'x', properties);

export const expectRows = (rows: readonly Row[]): void =>
  test.each(rows)('%s', async (_sentence, rule, events, points) => {
    const got: Record<number, Json> = {};
    for (const days of Object.keys(points).map(Number)) got[days] = await gives(rule, events, days);
    for (const [days, value] of Object.entries(points)) expect(got[Number(days)]).toBeCloseTo(value, 5);
  });

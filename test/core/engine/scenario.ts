import { checkRules } from '../../../core/check/check.ts';
import { compile, type Engine } from '../../../core/engine/compile.ts';
import { DAY } from '../../../core/duration.ts';
import { type LeadEvent } from '../../../core/event.ts';
import { type JsonObject } from '../../../core/json.ts';

/** Day 0 of every scenario. */
export const START = Date.UTC(2026, 0, 1);

/** @example day(1.5) // noon of the day after */
export const day = (days: number): number => START + Math.round(days * DAY);

let made = 0;
const message = (days: number, rest: Partial<LeadEvent> & Pick<LeadEvent, 'type'>): LeadEvent => ({
  id: `m${(made += 1)}`,
  occurredAt: day(days),
  name: '',
  properties: {},
  ...rest,
});

export const track = (days: number, name: string, properties: JsonObject = {}): LeadEvent =>
  message(days, { type: 'track', name, properties });
export const page = (days: number, path: string): LeadEvent =>
  message(days, { type: 'page', name: 'page', properties: { path } });
export const identify = (days: number, traits: JsonObject): LeadEvent =>
  message(days, { type: 'identify', traits });
export const group = (days: number, groupId: string, traits: JsonObject): LeadEvent =>
  message(days, { type: 'group', groupId, traits });
export const adjusted = (days: number, properties: JsonObject): LeadEvent =>
  track(days, 'score.adjusted', { why: 'w', by: 'b', ...properties });

type Mapping = Readonly<Record<string, unknown>>;
interface Given {
  /** Rules of the score `engagement`; `why` is added. */
  readonly rules?: Readonly<Record<string, Mapping>>;
  /** Keys of that score's file beside its rules. */
  readonly file?: Mapping;
  /** Further score files, by score. */
  readonly scores?: Readonly<Record<string, Mapping>>;
  readonly bands?: Mapping;
  readonly settings?: Mapping;
}

const reasoned = (rules: Readonly<Record<string, Mapping>> = {}): Mapping =>
  Object.fromEntries(Object.entries(rules).map(([name, rule]) => [name, { why: 'because', ...rule }]));

/** An engine of a few rules; bands cold, warm from 20, hot from 50 until below 40, where nothing else is said. */
export function engineOf({ rules = {}, file = {}, scores = {}, bands = {}, settings = {} }: Given): Engine {
  const { issues, ruleset } = checkRules([
    { file: 'settings.yaml', data: settings },
    { file: 'scores/engagement.yaml', data: { score: 'engagement', ...file, rules: reasoned(rules) } },
    ...Object.entries(scores).map(([score, { rules: own, ...rest }]) => ({
      file: `scores/${score}.yaml`,
      data: { score, ...rest, rules: reasoned(own as Record<string, Mapping>) },
    })),
    { file: 'bands.yaml', data: { bands: { cold: 0, warm: 20, hot: { enter: 50, leave: 40 } }, ...bands } },
  ]);
  if (!ruleset) throw new Error(JSON.stringify(issues));
  return compile({ ...ruleset, hash: 'scenario' });
}

/** What one rule gives a lead at a day. */
export function pointsOf(
  rule: Mapping,
  events: readonly LeadEvent[],
  days: number,
  settings: Mapping = {},
): number {
  const { scores } = engineOf({ rules: { only: rule }, settings }).evaluate({ events }, day(days));
  return scores['engagement'] as number;
}

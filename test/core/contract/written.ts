import { compile, type Engine } from '../../../core/engine/compile.ts';
import type { Evaluation } from '../../../core/evaluation.ts';
import type { LeadEvent } from '../../../core/event.ts';
import type { Json } from '../../../core/json.ts';
import type { Ruleset } from '../../../core/ruleset.ts';
import { parseMessage, toLeadEvent } from '../../../core/message/message.ts';
import { loadFiles, type LoadOptions } from '../../../rulefiles/load.ts';
import { accountsIn } from '../plain/engine.ts';
import { memoryFolder, told } from '../../rulefiles/memory-folder.ts';
import { day, track } from '../engine/scenario.ts';

/** Rules as their author writes them: file names to YAML. */
export type Files = Readonly<Record<string, string>>;

/** One file of the score `s`, of rules as flow mappings; each gets a `why`. @param head keys beside `rules` */
export const scoreFile = (rules: Readonly<Record<string, string>>, head = 'score: s'): string =>
  `${head}\nrules:\n${Object.entries(rules)
    .map(([name, rule]) => `  ${name}: ${rule.replace(/^\{/, '{ why: w,')}\n`)
    .join('')}`;

const SOUND: Files = {
  'scores/s.yaml': scoreFile({ r: '{ when: { event: x }, points: 1 }' }),
  'bands.yaml':
    'total: { sum: { s: 1 } }\nbands: { cold: 0, warm: 20, hot: { enter: 50, leave: 40 } }\nqualified: { band: hot }\n',
};
const load = (files: Files, options: LoadOptions = {}) =>
  loadFiles(memoryFolder({ ...SOUND, ...files }), [], options);

/** What `kindling check` says of these files beside sound ones, as `file:line:column message (nearest?)`. */
export async function problems(files: Files): Promise<string[]> {
  const loaded = await load(files);
  return loaded.ok ? [] : loaded.issues.map(told);
}
/** What it warns of. @param now UTC milliseconds */
export async function warnings(files: Files, now = day(0)): Promise<string[]> {
  const loaded = await load(files, { now });
  if (!loaded.ok) throw new Error(loaded.issues.map(told).join('\n'));
  return loaded.warnings.map(told);
}

/** The ruleset of these files beside sound ones. */
export async function rulesetOf(files: Files): Promise<Ruleset & { readonly hash: string }> {
  const loaded = await load(files);
  if (!loaded.ok) throw new Error(loaded.issues.map(told).join('\n'));
  return loaded.value;
}

/** An engine of them. */
export const written = async (files: Files): Promise<Engine> => compile(await rulesetOf(files));

/** What a lead comes to at a day, with what its events and others say of accounts. */
export const at = (
  engine: Engine,
  events: readonly LeadEvent[],
  days: number,
  others: readonly LeadEvent[] = [],
): Evaluation => engine.evaluate({ events, accounts: accountsIn([...events, ...others]) }, day(days));

/** What one rule of the score `s` gives at a day. @param rest further files, and `head` of the score file */
export async function gives(
  rule: string,
  events: readonly LeadEvent[],
  days: number,
  { head, ...rest }: Files = {},
): Promise<Json> {
  const engine = await written({ 'scores/s.yaml': scoreFile({ r: rule }, head), ...rest });
  return at(engine, events, days).scores['s'] as Json;
}

/** For which of these values of the property `p` a matcher, as YAML has it, holds. */
export async function held(matcher: string, values: readonly Json[]): Promise<readonly Json[]> {
  const rule = `{ when: { event: x, p: ${matcher} }, points: 1 }`;
  const engine = await written({ 'scores/s.yaml': scoreFile({ r: rule }) });
  return values.filter((p) => at(engine, [track(0, 'x', { p })], 1).total === 1);
}

/** A message as it comes in over the wire. @param receivedAt UTC milliseconds */
export function sent(message: Readonly<Record<string, Json>>, receivedAt = day(100)): LeadEvent {
  const parsed = parseMessage(
    { userId: 'u', type: 'track', event: 'x', ...message },
    { receivedAt, defaultId: 'm' },
  );
  if (!parsed.ok) throw new Error(parsed.reason);
  return toLeadEvent(parsed.message);
}
export const iso = (days: number): string => new Date(day(days)).toISOString();

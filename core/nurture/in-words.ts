import { durationMs } from '../duration.ts';
import { span } from '../explain/words.ts';
import type { Journey } from '../schema/journey.ts';
import type { JourneyCondition } from '../schema/journey-condition.ts';
import type { Wait } from '../schema/journey-step.ts';

const listed = (names: unknown, last = 'or'): string => {
  const items = [names].flat().map(String);
  return items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} ${last} ${items.at(-1)}`;
};

const DAYS: Readonly<Record<string, string>> = {
  mon: 'Monday',
  tue: 'Tuesday',
  wed: 'Wednesday',
  thu: 'Thursday',
  fri: 'Friday',
  sat: 'Saturday',
  sun: 'Sunday',
};

/** What a test asks of one value. @example testInWords('exists') // 'is known' */
const testInWords = (matcher: unknown): string => {
  if (matcher === 'exists') return 'is known';
  if (matcher === 'missing') return 'is not known';
  return `is ${listed(matcher)}`;
};

/** What an `if`, a goal or a stop asks. @example conditionInWords({ band: ['warm', 'hot'] }) // 'band is warm or hot' */
export const conditionInWords = (condition: JourneyCondition): string => {
  const fields = condition as Readonly<Record<string, unknown>>;
  if (Array.isArray(fields.all)) return parts(fields.all as JourneyCondition[], ' and ');
  if (Array.isArray(fields.any)) return parts(fields.any as JourneyCondition[], ' or ');
  if (fields.not !== undefined) return `not (${conditionInWords(fields.not as JourneyCondition)})`;
  if (fields.event !== undefined) return happenedInWords(fields);
  return Object.entries(fields)
    .flatMap(([key, value]) => {
      if (key === 'qualified') return [value === true ? 'is qualified' : 'is not qualified'];
      if (key === 'score')
        return Object.entries(value as object).map(([score, test]) => `${score} ${testInWords(test)}`);
      return [`${key} ${testInWords(value)}`];
    })
    .join(' and ');
};

const parts = (conditions: readonly JourneyCondition[], between: string): string =>
  conditions
    .map((each) => ('all' in each || 'any' in each ? `(${conditionInWords(each)})` : conditionInWords(each)))
    .join(between);

const happenedInWords = ({
  event,
  at_least: least,
  within,
  ...properties
}: Readonly<Record<string, unknown>>): string => {
  const where = Object.entries(properties).map(([key, value]) => `${key} ${testInWords(value)}`);
  return (
    `${listed(event)}${where.length === 0 ? '' : ` (${where.join(', ')})`}` +
    `${typeof least === 'number' && least > 1 ? ` ${least} times` : ''}` +
    `${typeof within === 'string' ? ` in the last ${span(durationMs(within))}` : ''}`
  );
};

/** When leads begin. @example startInWords({ band: 'warm' }) // 'enters band warm' */
export const startInWords = (start: Journey['start']): string => {
  const fields = start as Readonly<Record<string, unknown>>;
  if (fields.qualified === 'rejected')
    return `sales rejects it${fields.reason === undefined ? '' : ` (${listed(fields.reason)})`}`;
  if (fields.event !== undefined) return happenedInWords(fields);
  if (typeof fields.account === 'object' && fields.account !== null) {
    const { band, qualified } = fields.account as { band?: unknown; qualified?: unknown };
    const turns = [
      ...(band === undefined ? [] : [`enters band ${listed(band)}`]),
      ...(qualified === undefined ? [] : ['qualifies']),
    ];
    return `its account ${turns.join(' and ')}`;
  }
  return Object.entries(fields)
    .map(([key, value]) =>
      key === 'grade' ? `gets grade ${listed(value)}` : `enters ${key} ${listed(value)}`,
    )
    .join(' and ');
};

/** @example waitInWords('3d') // 'Wait 3 days' */
export const waitInWords = (wait: Wait): string => {
  if (typeof wait === 'string') return `Wait ${span(durationMs(wait))}`;
  if ('until' in wait) {
    const days =
      wait.until.weekday === undefined
        ? ''
        : ` ${listed([wait.until.weekday].flat().map((day) => DAYS[day] ?? day))}`;
    return `Wait until${days} ${wait.until.at}`;
  }
  return `Wait for ${happenedInWords(wait.for)}, at most ${span(durationMs(wait.timeout))}`;
};

import { scoreOf } from '../accounts/account.ts';
import { wholePoints } from '../engine/rounding.ts';
import type { Accounts, Rollup } from '../schema/accounts.ts';
import { inWords, points } from './words.ts';

/** How one number of an account comes from its people, in words.
 *  @example rollUpInWords({ sum: 'engagement', best: 5 }) // 'engagement of the five who have most, added up' */
export const rollUpInWords = (rollup: Rollup): string => {
  const score = scoreOf(rollup);
  if ('max' in rollup) return `${score} of whoever has most`;
  const of =
    rollup.best === undefined
      ? 'of all its people'
      : rollup.best === 1
        ? 'of whoever has most'
        : `of the ${inWords(rollup.best)} who have most`;
  return 'sum' in rollup ? `${score} ${of}, added up` : `${score} ${of}, on average`;
};

/**
 * Why an account is handed to sales, or what it lacks; null where the rules hand no account over.
 * @param people how many have more than 0 of what the bands measure
 */
export const qualifiedInWords = (
  { account }: Accounts,
  {
    band,
    people,
    number,
  }: { readonly band: string | null; readonly people: number; readonly number: number },
): string | null => {
  const { qualified, bands } = account;
  if (qualified === undefined) return null;
  const wanted = [qualified.band ?? []].flat();
  const needs = qualified.people ?? 0;
  const who = people === 1 ? 'one person takes part' : `${inWords(people)} people take part`;
  const lacks: string[] = [];
  if (wanted.length > 0 && !wanted.includes(band ?? ''))
    lacks.push(
      `it is ${band ?? 'in no band'} with ${points(wholePoints(number))}, and ${wanted.join(' or ')} is needed`,
    );
  if (people < needs) lacks.push(`${who}, and ${inWords(needs)} are needed`);
  const measured = bands?.of === undefined ? '' : ` of ${bands.of}`;
  return lacks.length === 0
    ? `Qualified: ${band === null ? '' : `${band} with ${points(wholePoints(number))}${measured}, and `}${who}`
    : `Not qualified: ${lacks.join('; ')}`;
};

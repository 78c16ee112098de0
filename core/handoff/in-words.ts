import type { HandoffRecord } from './handoff.ts';

/** What became of a handoff, in one language. */
export interface AnswerWords {
  readonly won: (by: string, at: string) => string;
  readonly lost: (by: string, at: string) => string;
  readonly merged: string;
  readonly open: string;
  readonly closed: string;
  readonly took: (by: string, at: string) => string;
  readonly notNow: (by: string, at: string) => string;
  /** @param why may be empty */
  readonly notAFit: (why: string, by: string, at: string) => string;
}

/** English. */
export const ANSWER_WORDS: AnswerWords = {
  won: (by, at) => `Won, says ${by}, ${at}.`,
  lost: (by, at) => `Lost, says ${by}, ${at}.`,
  merged: 'Closed: the same person has another handoff.',
  open: 'Nobody has answered yet.',
  closed: 'It was closed.',
  took: (by, at) => `${by} took it, ${at}.`,
  notNow: (by, at) => `Not now, says ${by}, ${at}.`,
  notAFit: (why, by, at) => `Not a fit${why === '' ? '' : ` (${why})`}, says ${by}, ${at}.`,
};

/**
 * What became of a handoff, for people.
 * @param reasons by key, as people read them; @param at how to write an instant
 * @example 'Freja Holm took it, 14 May 2026, 10:32.'
 */
export const answerInWords = (
  { state, answer, deal, merged }: Pick<HandoffRecord, 'state' | 'answer' | 'deal' | 'merged'>,
  reasons: Readonly<Record<string, string>>,
  at: (instant: number) => string,
  words = ANSWER_WORDS,
): string => {
  if (deal !== undefined) return words[deal.what](deal.by, at(deal.at));
  if (merged !== undefined) return words.merged;
  if (answer === undefined) return state === 'open' ? words.open : words.closed;
  switch (answer.what) {
    case 'accepted':
      return words.took(answer.by, at(answer.at));
    case 'not-now':
      return words.notNow(answer.by, at(answer.at));
    case 'not-a-fit': {
      const { reason = '' } = answer;
      const why = Object.hasOwn(reasons, reason) ? (reasons[reason] ?? reason) : reason;
      return words.notAFit(why, answer.by, at(answer.at));
    }
    default:
      return answer.what satisfies never;
  }
};

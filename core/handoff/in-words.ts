import type { HandoffRecord } from './handoff.ts';

/**
 * What became of a handoff, for people.
 * @param reasons by key, as people read them; @param at how to write an instant
 * @example 'Freja Holm took it, 14 May 2026, 10:32.'
 */
export const answerInWords = (
  { state, answer, deal, merged }: Pick<HandoffRecord, 'state' | 'answer' | 'deal' | 'merged'>,
  reasons: Readonly<Record<string, string>>,
  at: (instant: number) => string,
): string => {
  if (deal !== undefined) return `${deal.what === 'won' ? 'Won' : 'Lost'}, says ${deal.by}, ${at(deal.at)}.`;
  if (merged !== undefined) return 'Closed: the same person has another handoff.';
  if (answer === undefined) return state === 'open' ? 'Nobody has answered yet.' : 'It was closed.';
  switch (answer.what) {
    case 'accepted':
      return `${answer.by} took it, ${at(answer.at)}.`;
    case 'not-now':
      return `Not now, says ${answer.by}, ${at(answer.at)}.`;
    case 'not-a-fit': {
      const { reason = '' } = answer;
      const why = Object.hasOwn(reasons, reason) ? reasons[reason] : reason;
      return `Not a fit${why ? ` (${why})` : ''}, says ${answer.by}, ${at(answer.at)}.`;
    }
    default:
      return answer.what satisfies never;
  }
};

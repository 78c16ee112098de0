import type { HandoffRecord } from './handoff.ts';

type Known = Pick<HandoffRecord, 'entry' | 'at' | 'state' | 'deal'>;

/**
 * Of a lead that a merge brought two handoffs: the open ones that are too many, and the one that stays in their place.
 * One that somebody took stays, else the oldest open one; what was closed before is of another time.
 */
export const doublesOf = <Handoff extends Known>(
  handoffs: readonly Handoff[],
): { readonly stays: Handoff; readonly doubles: readonly Handoff[] } | null => {
  const inHand = handoffs
    .filter(({ state, deal }) => deal === undefined && (state === 'open' || state === 'accepted'))
    .toSorted((a, b) => Number(b.state === 'accepted') - Number(a.state === 'accepted') || a.at - b.at);
  const [stays] = inHand;
  const doubles = inHand.slice(1).filter(({ state }) => state === 'open');
  return stays === undefined || doubles.length === 0 ? null : { stays, doubles };
};

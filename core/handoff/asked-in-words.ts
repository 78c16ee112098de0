import type { HandoffRecord } from './handoff.ts';

/**
 * Why the one who is asked now is asked, where they are not the first; null where they are, or nobody is asked any more.
 * @example 'Freja Holm has not answered in time: now it is for Aksel Lind.'
 */
export const askedInWords = ({
  asked = [],
  state,
}: Pick<HandoffRecord, 'asked' | 'state'>): string | null => {
  const last = asked.at(-1);
  if (state !== 'open' || last === undefined) return null;
  const { owner } = last;
  const before = [
    ...new Set(asked.filter((each) => each.owner.email !== owner.email).map((each) => each.owner.name)),
  ].join(', ');
  switch (last.why) {
    case 'first':
      return null;
    case 'reminder':
      return `It still waits for the answer of ${owner.name}.`;
    case 'next':
      return `${before} has not answered in time: now it is for ${owner.name}.`;
    case 'manager':
      return `Nobody has answered in time (${before}): it is for ${owner.name}, or for whom they choose.`;
    default:
      return last.why satisfies never;
  }
};

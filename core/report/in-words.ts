import type { Converted, JourneyEffect } from './effect.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A length of time, ms, as people say it. @example durationInWords(5_400_000) // '1 h 30 min' */
export const durationInWords = (ms: number): string => {
  const minutes = Math.round(ms / MINUTE);
  if (minutes < 60) return `${minutes} min`;
  if (ms < DAY) return `${Math.floor(minutes / 60)} h${minutes % 60 === 0 ? '' : ` ${minutes % 60} min`}`;
  const hours = Math.round(ms / HOUR);
  return `${Math.floor(hours / 24)} d${hours % 24 === 0 ? '' : ` ${hours % 24} h`}`;
};

/** @example shareInWords(0.666) // '67%'; shareInWords(null) // '–' */
export const shareInWords = (share: number | null): string =>
  share === null ? '–' : `${Math.round(share * 100)}%`;

const group = ({ qualified, leads, share, interval }: Converted): readonly [number, number, string] => [
  qualified,
  leads,
  `${shareInWords(share)}${interval === null ? '' : ` (${interval.map(shareInWords).join('–')})`}`,
];

/** What a journey is good for, in a sentence or two. */
export const effectInWords = ({ taken, heldOut, difference }: JourneyEffect): string => {
  if (difference === null)
    return `Too few to compare: ${taken.leads} took it, ${heldOut.leads} were held out.`;
  const [[qualified, of, share], [others, ofOthers, theirShare]] = [group(taken), group(heldOut)];
  const [less, low, high] = [difference.share < 0, ...difference.interval] as const;
  const points = (value: number): number => Math.round(100 * (less ? -value : value));
  const range = less ? [high, low] : [low, high];
  const chance = low <= 0 && high >= 0 ? ', which may be chance' : '';
  return (
    `${qualified} of ${of} who took it qualified: ${share}; of ${ofOthers} held out ${others}: ${theirShare}. ` +
    `It makes ${points(difference.share)} points of a hundred ${less ? 'fewer' : 'more'} (${range.map(points).join(' to ')})${chance}.`
  );
};

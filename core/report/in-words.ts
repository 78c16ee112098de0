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

const DAY = 86_400_000;
const DASH = 45;
const COLON = 58;
const DOT = 46;
const T = 84;
const Z = 90;

/** Two digits, or NaN. */
const two = (bytes: Uint8Array, at: number): number => {
  const [tens, ones] = [(bytes[at] as number) - 48, (bytes[at + 1] as number) - 48];
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : NaN;
};

const DAYS: readonly number[] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);

/** Days from 1970-01-01 to a day of the Gregorian calendar. */
function daysTo(year: number, month: number, day: number): number {
  // Years begin in March here, so that the leap day is the last of one.
  const from = month <= 2 ? year - 1 : year;
  const ofEra = from % 400;
  const ofYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const days = ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear;
  return Math.floor(from / 400) * 146_097 + days - 719_468;
}

/**
 * UTC milliseconds of `2026-03-01T10:00:00Z` or `2026-03-01T10:00:00.123Z` from 1970 to 9999, as most senders write
 * instants; -1 for all else, also for what `parseInstant` would take.
 * @param to not included
 */
export function instantOfBytes(bytes: Uint8Array, from: number, to: number): number {
  const length = to - from;
  if (length !== 24 && length !== 20) return -1;
  const marks =
    bytes[from + 4] === DASH &&
    bytes[from + 7] === DASH &&
    bytes[from + 10] === T &&
    bytes[from + 13] === COLON &&
    bytes[from + 16] === COLON &&
    bytes[to - 1] === Z;
  if (!marks) return -1;
  const year = two(bytes, from) * 100 + two(bytes, from + 2);
  const month = two(bytes, from + 5);
  const day = two(bytes, from + 8);
  const hour = two(bytes, from + 11);
  const minute = two(bytes, from + 14);
  const second = two(bytes, from + 17);
  let ms = 0;
  if (length === 24) {
    if (bytes[from + 19] !== DOT) return -1;
    const last = (bytes[from + 22] as number) - 48;
    ms = last >= 0 && last <= 9 ? two(bytes, from + 20) * 10 + last : NaN;
  }
  // Each of these is false for NaN.
  const known =
    year >= 1970 && month >= 1 && month <= 12 && day >= 1 && hour < 24 && minute < 60 && second < 60;
  if (!known || !(ms >= 0)) return -1;
  if (day > (DAYS[month - 1] as number) && !(month === 2 && day === 29 && isLeap(year))) return -1;
  return daysTo(year, month, day) * DAY + ((hour * 60 + minute) * 60 + second) * 1000 + ms;
}

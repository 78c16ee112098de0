/** Units as people write them, by the letter that rules write, with how many of those they are. */
const UNITS: readonly (readonly [words: RegExp, unit: string, times: number])[] = [
  [/^(m|min|mins|minutes?)$/, 'm', 1],
  [/^(h|hrs?|hours?)$/, 'h', 1],
  [/^(d|days?)$/, 'd', 1],
  [/^(w|weeks?)$/, 'w', 1],
  [/^(mo|months?)$/, 'd', 30],
  [/^(y|yrs?|years?)$/, 'd', 365],
];

const duration = (text: string): string | undefined => {
  const [, number = '', word = ''] = /^([1-9]\d{0,3})\s*([a-z]+)$/.exec(text.trim().toLowerCase()) ?? [];
  const [, unit, times] = UNITS.find(([words]) => words.test(word)) ?? [];
  return unit === undefined || times === undefined ? undefined : `${Number(number) * times}${unit}`;
};

const share = (text: string): string | undefined => {
  const number = Number(text);
  if (text.trim() === '' || !(number > 0 && number <= 100)) return undefined;
  return `${number < 1 ? Number((number * 100).toFixed(2)) : number}%`;
};

const timeOfDay = (text: string): string | undefined => {
  const [, hour = '', minute = '00'] = /^(\d{1,2})(?:[:.](\d{2}))?$/.exec(text.trim()) ?? [];
  return hour !== '' && Number(hour) < 24 && Number(minute) < 60
    ? `${hour.padStart(2, '0')}:${minute}`
    : undefined;
};

const machineName = (text: string): string | undefined => {
  const name = text
    .trim()
    .toLowerCase()
    .replace(/\.(mjml|ya?ml)$/, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
    .slice(0, 40);
  return name === '' ? undefined : name;
};

/** By how the message of a malformed text begins. */
const FORMS: readonly (readonly [message: string, mend: (text: string) => string | undefined])[] = [
  ['must be a duration', duration],
  ['must be a share', share],
  ['must be a time of day', timeOfDay],
  ['must be lower case letters, digits and hyphens', machineName],
];

/**
 * What somebody meant who wrote a value in a form of their own.
 * @param message what is said of it
 * @example meantBy('must be a duration such as 15m', '2 days') // '2d'
 */
export const meantBy = (message: string, value: unknown): string | undefined => {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  return FORMS.find(([begins]) => message.startsWith(begins))?.[1](String(value));
};

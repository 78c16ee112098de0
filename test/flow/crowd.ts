import type { Chance } from './chance.ts';

const DAY = 86_400_000;
/** Sends so many days before the clock's start at most: further back than a snapshot's watermark. */
const PAST_DAYS = 12;

/** A message as a client sends it. */
export interface Sent {
  readonly messageId: string;
  readonly [field: string]: unknown;
}

/** Somebody whose band at the end does not depend on the order in which their messages arrive. */
export interface Somebody {
  readonly userId: string;
  readonly email: string;
  readonly name: string;
  /** By the rules in `rules/`, once all messages are in. */
  readonly band: 'cold' | 'warm' | 'hot';
  readonly messages: readonly Sent[];
}

/**
 * People with at least so many messages. Points only rise, and what lifts a lead above `cold` for good comes with the
 * one message that names it: no lead is warm before it has an address, none is hot before it has a name.
 * @param start when the clock starts, UTC milliseconds
 */
export const crowdOf = (chance: Chance, atLeast: number, start: number): Somebody[] => {
  const people: Somebody[] = [];
  for (let messages = 0; messages < atLeast; messages += people.at(-1)!.messages.length)
    people.push(somebodyOf(chance, people.length, start));
  return people;
};

const somebodyOf = (chance: Chance, n: number, start: number): Somebody => {
  const userId = `user-${n}`;
  const anonymousId = `visitor-${n}`;
  const name = `Ada Nr${String(n).padStart(4, '0')}x`;
  const email = `${userId}@crowd.example`;
  const band = chance.one(['cold', 'warm', 'warm', 'hot'] as const);
  // A third were there before they said who they are; a merge, should the two halves have been taken for two.
  const wandered = chance.next() < 0.33;
  let count = 0;
  const at = (): string => new Date(start - Math.floor(chance.next() * PAST_DAYS * DAY)).toISOString();
  const message = (fields: object): Sent => ({
    messageId: `${userId}-${count++}`,
    timestamp: at(),
    ...fields,
  });
  const who = (): object => (wandered && chance.next() < 0.5 ? { anonymousId } : { userId });
  const [firstName, lastName] = name.split(' ');
  const messages = [
    message({
      type: 'identify',
      userId,
      ...(wandered ? { anonymousId } : {}),
      traits: { email, firstName, lastName, ...(band === 'cold' ? {} : { title: 'Head of Growth' }) },
    }),
  ];
  if (band === 'hot') messages.push(message({ type: 'track', event: 'Demo Booked', userId }));
  if (band !== 'hot' && chance.next() < 0.5)
    messages.push(message({ type: 'page', ...who(), properties: { path: '/pricing' } }));
  for (let counted = chance.between(0, 8); counted > 0; counted -= 1)
    messages.push(message({ type: 'track', event: 'Counted', ...who() }));
  // Some read so much that their log gets a snapshot.
  for (let read = chance.next() < 0.1 ? 60 : chance.between(0, 6); read > 0; read -= 1)
    messages.push(message({ type: 'page', ...who(), properties: { path: `/docs/${read}` } }));
  if (chance.next() < 0.1) messages.push(message({ type: 'track', userId }));
  return { userId, email, name, band, messages };
};

/** Characters; what signs must not be guessed. */
const SHORTEST = 16;

/**
 * The keys that sign links, from the text of their secret: the first one signs, all of them are known. So a key can be
 * changed while mails are out that were signed with the one before, by which people must still be able to leave.
 * @param secret a key a line
 * @example linkKeys('new-key-of-24-characters\nold-key-of-24-characters') // ['new-key-…', 'old-key-…']
 */
export const linkKeys = (secret: string): readonly [string, ...string[]] => {
  const [first, ...others] = secret
    .split('\n')
    .map((key) => key.trim())
    .filter((key) => key !== '');
  if (first === undefined || [first, ...others].some((key) => key.length < SHORTEST))
    throw new Error(`the secret that signs links has fewer than ${SHORTEST} characters`);
  return [first, ...others];
};

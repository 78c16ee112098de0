/**
 * What follows the state that sends a mail and notes its answer at `$.sent`: the same once more when its time has come,
 * else `next`. Mails wait for the morning, for room in the limit, for a place in the account's sending rate.
 */
export const whenSent = (state: string, next: string, prefix = ''): Readonly<Record<string, object>> => ({
  [`${prefix}sent?`]: {
    Type: 'Choice',
    Choices: [{ Variable: '$.sent.outcome', StringEquals: 'later', Next: `${prefix}put off` }],
    Default: next,
  },
  [`${prefix}put off`]: { Type: 'Wait', TimestampPath: '$.sent.at', Next: state },
});

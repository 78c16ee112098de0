import { expect, test } from 'vitest';

import type { Api } from '../../cli/api.ts';
import { decideOn, shortName, unknownInWords } from '../../cli/unknown-mails.ts';
import type { UnsettledMail } from '../../core/view/mail.ts';
import { run } from './run.ts';

const mail = (id: string, more: Partial<UnsettledMail> = {}): UnsettledMail => ({
  id,
  lead: { id: 'l1', name: 'Ada Berg', email: 'ada@example.com' },
  account: null,
  journey: 'warm-up',
  step: '4',
  email: 'trial',
  again: true,
  subject: 'Try it for 30 days',
  at: Date.UTC(2026, 4, 14, 9, 5),
  ...more,
});
const apiOf = (mails: readonly UnsettledMail[]): Api & { readonly posted: [string, unknown][] } => {
  const posted: [string, unknown][] = [];
  return {
    posted,
    get: <T>() => Promise.resolve({ mails, more: false } as T),
    post: <T>(path: string, body: unknown) => {
      posted.push([path, body]);
      return Promise.resolve({} as T);
    },
    remove: <T>() => Promise.resolve({} as T),
  };
};

test('the list says which mail went to whom, and when', () => {
  const sales = mail('two', { lead: null, account: 'alpha.example', journey: null, email: 'handoff' });
  expect(unknownInWords({ mails: [mail('one'), sales], more: false })).toBe(
    [
      'name        when              to                          mail                step',
      `${shortName({ id: 'one' })}  2026-05-14 09:05  Ada Berg                    Try it for 30 days  warm-up 4`,
      `${shortName({ id: 'two' })}  2026-05-14 09:05  sales, about alpha.example  Try it for 30 days  handoff`,
      'Each may have gone out, or not. Send one again by `kindling mail resend NAME`, or let it be by',
      '`kindling mail dismiss NAME --why "they have it"`; only the first makes a second mail possible.',
      '',
    ].join('\n'),
  );
  expect(unknownInWords({ mails: [], more: false })).toBe('Of every mail it is known what became of it.\n');
});

test('one is named as the list does, by the beginning of that, or as the API does', async () => {
  const name = shortName({ id: 'one' });
  for (const each of [name, name.slice(0, 4), name.toUpperCase(), 'one']) {
    const api = apiOf([mail('one'), mail('two')]);
    await decideOn(api, each, 'dismiss', 'they called us');
    expect(api.posted).toEqual([['/api/mails/one/dismiss', { why: 'they called us' }]]);
  }
});

test('a name that is nobody’s, or may be several’s, decides on nothing', async () => {
  const api = apiOf([mail('one'), mail('two')]);
  await expect(decideOn(api, 'nobody', 'resend', undefined)).rejects.toThrow(
    'no mail of unknown outcome is called "nobody"; `kindling mail unknown` lists them',
  );
  await expect(decideOn(api, '', 'resend', undefined)).rejects.toThrow('give more of the name');
  await expect(decideOn(api, undefined, 'resend', undefined)).rejects.toThrow('say which');
  expect(api.posted).toEqual([]);
});

test.each([
  [['mail', 'dissmiss', 'x'], 'not "dissmiss"; did you mean "dismiss"?'],
  [['mail', 'unknown', 'x'], '"x" is one argument too many'],
  [['mail', 'unknown', '--data', 'docs'], 'holds no state of a product'],
  [['mail', 'unknown', '--url', 'http://127.0.0.1:9'], 'is the product running?'],
])('%j is refused with what would be right', async (argv, said) => {
  const ran = await run(argv);
  expect(ran.code).toBe(1);
  expect(ran.err).toContain(said);
});

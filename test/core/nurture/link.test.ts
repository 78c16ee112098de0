import { expect, test } from 'vitest';
import { answerToken, readAnswerToken } from '../../../core/handoff/answer-link.ts';
import { linkToken, readLinkToken } from '../../../core/nurture/link.ts';

const SECRET = 'a secret of more than sixteen characters';
const token = linkToken({ purpose: 'unsubscribe', leadId: 'lead-42', topic: null }, SECRET);

test('a link says whom it was made for and what it does', () => {
  expect(readLinkToken(token, SECRET)).toEqual({ purpose: 'unsubscribe', leadId: 'lead-42', topic: null });
});

test('any character changed, dropped or added makes it worthless', () => {
  const others = ['A', 'B', 'w', '8', '9', '_', '-', '.', '=', '%', ' '];
  for (let at = 0; at < token.length; at += 1) {
    for (const other of others) {
      if (token[at] !== other)
        expect(readLinkToken(token.slice(0, at) + other + token.slice(at + 1), SECRET)).toBeNull();
      expect(readLinkToken(token.slice(0, at) + other + token.slice(at), SECRET)).toBeNull();
    }
    expect(readLinkToken(token.slice(0, at) + token.slice(at + 1), SECRET)).toBeNull();
    expect(readLinkToken(token.slice(0, at), SECRET)).toBeNull();
  }
  for (const other of others) expect(readLinkToken(token + other, SECRET)).toBeNull();
});

test('another spelling of the same bytes is not ours', () => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const bytes = Buffer.from(token.split('.')[1] ?? '', 'base64url');
  const same = [...alphabet].filter((end) =>
    Buffer.from((token.slice(0, -1) + end).split('.')[1] ?? '', 'base64url').equals(bytes),
  );
  expect(same.length).toBeGreaterThan(1);
  expect(same.filter((end) => readLinkToken(token.slice(0, -1) + end, SECRET) !== null)).toEqual([
    token.slice(-1),
  ]);
});

test('a link of another secret, of another lead or without sense is refused', () => {
  expect(
    readLinkToken(
      linkToken({ purpose: 'unsubscribe', leadId: 'lead-42', topic: null }, `${SECRET}!`),
      SECRET,
    ),
  ).toBeNull();
  const [, signature] = token.split('.');
  const [payload] = linkToken({ purpose: 'unsubscribe', leadId: 'lead-43', topic: null }, SECRET).split('.');
  expect(readLinkToken(`${payload}.${signature}`, SECRET)).toBeNull();
  for (const nonsense of ['', '.', '..', 'a', 'constructor', '\u0000', 'ü', 'x'.repeat(5_000)])
    expect(readLinkToken(nonsense, SECRET)).toBeNull();
});

test('it holds no address, and a secret that is too short signs nothing', () => {
  expect(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).toBe('v1\nunsubscribe\nlead-42');
  expect(() => linkToken({ purpose: 'unsubscribe', leadId: 'lead-42', topic: null }, '')).toThrow('secret');
});

test('a key can be changed while links of the one before are out', () => {
  const answer = { of: 'lead', id: 'lead-42', entry: 1, asked: 0, expiresAt: 2e12 } as const;
  const link = { purpose: 'unsubscribe', leadId: 'lead-42', topic: null } as const;
  const both = `another secret of enough characters\n${SECRET}\n`;
  expect(readLinkToken(token, both)).toEqual(link);
  expect(readAnswerToken(answerToken(answer, SECRET), both, 0)).toEqual(answer);
  // The first one signs, and is enough by itself once the old one is taken out.
  const [key = ''] = both.split('\n');
  expect([readLinkToken(linkToken(link, both), key), readLinkToken(linkToken(link, both), SECRET)]).toEqual([
    link,
    null,
  ]);
  expect(readAnswerToken(answerToken(answer, both), key, 0)).toEqual(answer);
  expect(readLinkToken(token, key)).toBeNull();
  // One that is too short is no key, also beside others.
  expect(() => readLinkToken(token, `${SECRET}\nshort`)).toThrow('secret');
});

test('a link for one thing is none for another', () => {
  const answer = { of: 'lead', id: 'lead-42', entry: 1, asked: 0, expiresAt: 2e12 } as const;
  expect(readLinkToken(answerToken(answer, SECRET), SECRET)).toBeNull();
  expect(readAnswerToken(token, SECRET, 0)).toBeNull();
  const preferences = linkToken({ purpose: 'preferences', leadId: 'lead-42', topic: null }, SECRET);
  expect(readLinkToken(preferences, SECRET)?.purpose).toBe('preferences');
  const [payload] = token.split('.');
  expect(readLinkToken(`${payload}.${preferences.split('.')[1]}`, SECRET)).toBeNull();
});

import { describe, expect, test } from 'vitest';

import { ACCOUNT_SOURCES, accountIdOf } from '../../../core/accounts/account-id.ts';
import { isFreeMail } from '../../../core/accounts/free-mail.ts';
import { engineOf, group, identify } from '../engine/scenario.ts';

describe('the account of a person', () => {
  test('is the id that a group gives, else the domain of the address', () => {
    expect(accountIdOf(ACCOUNT_SOURCES, 'acme', 'kim@other.example')).toBe('acme');
    expect(accountIdOf(ACCOUNT_SOURCES, null, ' Kim@Acme.Example ')).toBe('acme.example');
    expect(accountIdOf(ACCOUNT_SOURCES, null, 'nobody')).toBeNull();
    expect(accountIdOf(ACCOUNT_SOURCES, null, undefined)).toBeNull();
  });
  test('is none for free mail, unless a group gives one', () => {
    for (const domain of ['gmail.com', 'outlook.com', 'web.de', 'fastmail.com', 'posteo.de', 'qq.com'])
      expect(accountIdOf(ACCOUNT_SOURCES, null, `kim@${domain}`), domain).toBeNull();
    expect(accountIdOf(ACCOUNT_SOURCES, 'acme', 'kim@gmail.com')).toBe('acme');
  });
  test('comes from the sources that the rules name, in their order', () => {
    expect(accountIdOf(['account.id'], null, 'kim@acme.example')).toBeNull();
    expect(accountIdOf(['email-domain'], 'acme', 'kim@other.example')).toBe('other.example');
    expect(accountIdOf(['email-domain', 'account.id'], 'acme', 'kim@gmail.com')).toBe('acme');
  });
  test('is what the engine says', () => {
    const engine = engineOf({});
    const accountOf = (...events: Parameters<typeof engine.account>[0]['events']) =>
      engine.account({ events }, Infinity)?.id ?? null;
    expect(accountOf(identify(0, { email: 'kim@gmail.com' }))).toBeNull();
    expect(accountOf(identify(0, { email: 'kim@gmail.com' }), group(1, 'acme', {}))).toBe('acme');
    expect(accountOf(identify(0, { email: 'kim@acme.example' }))).toBe('acme.example');
  });
});

test('domains set aside for examples are companies', () => {
  expect(['example.com', 'test.com', 'acme.example'].filter(isFreeMail)).toEqual([]);
});

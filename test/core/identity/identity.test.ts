import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { decide, type World } from '../../../core/engine/decide.ts';
import {
  claimOf,
  isPlaceholder,
  leadIdOf,
  mayBeOne,
  ownerAt,
  survivorOf,
  withOwner,
  type Holder,
} from '../../../core/identity/identity.ts';
import { parseMessage, type Message } from '../../../core/message/message.ts';
import { createPeople } from '../../../core/identity/people.ts';

const NOW = Date.parse('2026-05-14T12:00:00Z');

const message = (fields: Readonly<Record<string, unknown>>, at = NOW): Message => {
  const parsed = parseMessage(
    {
      type: 'page',
      messageId: JSON.stringify([fields, at]),
      timestamp: new Date(at).toISOString(),
      ...fields,
    },
    { receivedAt: at },
  );
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.message;
};

describe('an id', () => {
  test.each(['', '  ', 'undefined', 'NULL', 'Anonymous', 'guest', '0', '[object Object]', 'NaN'])(
    '%j names nobody',
    (id) => {
      expect(isPlaceholder(id)).toBe(true);
    },
  );
  test.each(['7', 'u-1', 'nullable', 'guest-7', '00'])('%j may name someone', (id) => {
    expect(isPlaceholder(id)).toBe(false);
  });
  test('is refused with its field', () => {
    expect(claimOf({ userId: 'u', anonymousId: 'null' })).toEqual({
      ok: false,
      reason: 'anonymousId is a placeholder: null',
    });
  });
});

interface Aged {
  readonly id: string;
  readonly createdAt: number;
}

describe('two leads', () => {
  test('may be one unless their user ids differ, or their addresses where one has no user id', () => {
    const of = (users: string[], emails: string[]) => ({ users, emails });
    expect(mayBeOne(of(['a'], []), of([], ['x']))).toBe(true);
    expect(mayBeOne(of(['a'], ['x']), of(['a'], ['y']))).toBe(true);
    expect(mayBeOne(of(['a'], []), of(['b'], []))).toBe(false);
    expect(mayBeOne(of([], ['x']), of([], ['y']))).toBe(false);
    expect(mayBeOne(of(['a'], ['x']), of([], ['y']))).toBe(false);
  });
  test('are ordered by age, then by id, whichever is named first', () => {
    const [a, b, c] = [
      { id: 'a', createdAt: 2 },
      { id: 'b', createdAt: 1 },
      { id: 'c', createdAt: 1 },
    ] as [Aged, Aged, Aged];
    expect(survivorOf(a, b)[0].id).toBe('b');
    expect(survivorOf(c, b)[0].id).toBe('b');
    expect(survivorOf(b, c)[0].id).toBe('b');
  });
});

describe('a shared key', () => {
  property.prop([fc.uniqueArray(fc.nat(1000), { minLength: 1, maxLength: 15 })])(
    'belongs at each instant to whoever had it last, in whatever order that became known',
    (instants) => {
      const add = (holder: Holder | null, at: number): Holder =>
        withOwner(holder, `lead-${at}`, at, 'browser');
      const inOrder = instants.toSorted((a, b) => a - b).reduce<Holder | null>(add, null) as Holder;
      const asTold = instants.reduce<Holder | null>(add, null) as Holder;
      expect(asTold).toEqual(inOrder);
      for (const at of instants) expect(ownerAt(asTold, at)).toBe(`lead-${at}`);
      expect(ownerAt(asTold, -1)).toBe(`lead-${Math.min(...instants)}`);
    },
  );
});

describe('a decision', () => {
  const nobody: World = { holder: () => null, person: (id) => ({ id, createdAt: 0, users: [], emails: [] }) };
  test('about someone new names the lead after the strongest key', () => {
    const decision = decide({ user: 'u', email: 'a@example.com', anonymous: 'x' }, 'server', NOW, nobody);
    expect(decision).toMatchObject({ ok: true, lead: leadIdOf({ kind: 'user', value: 'u' }), again: false });
    if (!decision.ok) throw new Error(decision.reason);
    expect(decision.steps.map((step) => step.do)).toEqual(['create', 'hold', 'hold', 'hold']);
  });
  test('lets no browser send an alias', () => {
    expect(decide({ user: 'u', previous: 'v' }, 'browser', NOW, nobody)).toMatchObject({ ok: false });
  });
});

describe('people', () => {
  const groupsOf = (messages: readonly Message[]): string[][] => {
    const people = createPeople();
    for (const each of messages) people.add(each);
    return people
      .all()
      .map(({ events }) => events.map(({ id }) => id).sort())
      .filter((ids) => ids.length > 0)
      .sort((a, b) => ((a[0] ?? '') < (b[0] ?? '') ? -1 : 1));
  };

  test('are found by any of their keys, also by what they did before they said who they are', () => {
    const people = createPeople();
    people.add(message({ anonymousId: 'x' }, NOW - 3));
    people.add(
      message(
        { type: 'identify', anonymousId: 'x', userId: 'u', traits: { email: 'Ann@Example.com' } },
        NOW - 2,
      ),
    );
    people.add(
      message({ type: 'identify', anonymousId: 'y', traits: { email: 'ann@example.com' } }, NOW - 1),
    );
    expect(people.all()).toMatchObject([
      { users: ['u'], emails: ['ann@example.com'], anonymousIds: ['x', 'y'] },
    ]);
    expect(people.all()[0]?.events).toHaveLength(3);
  });

  test('who share a browser stay two, and each has what was done in their time', () => {
    const people = createPeople();
    people.add(message({ anonymousId: 'x', userId: 'ann' }, NOW - 4));
    people.add(message({ anonymousId: 'x', userId: 'bob' }, NOW - 2));
    people.add(message({ anonymousId: 'x' }, NOW - 3));
    people.add(message({ anonymousId: 'x' }, NOW - 1));
    expect(people.all().map(({ users, events }) => [users, events.length])).toEqual([
      [['ann'], 2],
      [['bob'], 2],
    ]);
  });

  const emailsOf = (messages: readonly Message[]): unknown[] => {
    const people = createPeople();
    for (const each of messages) people.add(each, 'browser');
    return people.all().map(({ users, emails, events }) => ({
      users,
      emails,
      said: events.map(({ traits }) => traits?.['email']),
    }));
  };

  test('keep their address from strangers who read their user id on a page', () => {
    const known = { type: 'identify', userId: 'u', anonymousId: 'x', traits: { email: 'ann@good.example' } };
    const forged = { type: 'identify', userId: 'u', traits: { email: 'mallory@evil.example', plan: 'free' } };
    const again = { type: 'identify', userId: 'u', traits: { email: 'Ann@good.example' } };
    expect(emailsOf([message(known, NOW - 2), message(forged, NOW - 1), message(again)])).toEqual([
      {
        users: ['u'],
        emails: ['ann@good.example'],
        said: ['ann@good.example', undefined, 'Ann@good.example'],
      },
    ]);
    // From a browser of the stranger's own it is a person of its own.
    expect(emailsOf([message(known, NOW - 2), message({ ...forged, anonymousId: 'y' }, NOW - 1)])).toEqual([
      { users: ['u'], emails: ['ann@good.example'], said: ['ann@good.example'] },
      { users: [], emails: ['mallory@evil.example'], said: ['mallory@evil.example'] },
    ]);
  });

  type Sent = readonly [scope: 'browser' | 'server', fields: object];
  const evil = { anonymousId: 'evil', traits: { email: 'mallory@evil.example' } };
  const real = { email: 'ann@good.example' };
  test.each<readonly [string, readonly Sent[]]>([
    [
      'named a user id before it was given out',
      [
        ['browser', { userId: 'u', anonymousId: 'evil' }],
        ['server', { userId: 'u', traits: real }],
        ['browser', { ...evil, userId: 'u' }],
      ],
    ],
    [
      'named it with an address of their own',
      [
        ['browser', { ...evil, userId: 'u' }],
        ['server', { userId: 'u', traits: real }],
        ['browser', { ...evil, userId: 'u' }],
        ['browser', evil],
      ],
    ],
    [
      'filled in a form with the address of somebody else',
      [
        ['browser', { anonymousId: 'evil', traits: real }],
        ['server', { userId: 'u', traits: real }],
        ['browser', { ...evil, userId: 'u' }],
      ],
    ],
    [
      'made up a user id for them in between',
      [
        ['browser', { anonymousId: 'evil', traits: real }],
        ['server', { traits: real }],
        ['browser', { anonymousId: 'evil', userId: 'made-up' }],
        ['browser', { ...evil, userId: 'made-up' }],
      ],
    ],
  ])('keep the address that a server gave, from a stranger who %s', (_, sent) => {
    const people = createPeople();
    const whole = sent.map(([scope, fields], n) =>
      people.add(message({ type: 'identify', ...fields }, NOW + n), scope),
    );
    expect(whole.every(({ ok }) => ok)).toBe(true);
    const [person] = people.all().filter(({ emails }) => emails.includes('ann@good.example'));
    expect(person?.events.findLast(({ traits }) => traits?.['email'] !== undefined)?.traits).toEqual(real);
  });

  test('whom only browsers have named change their address in their own browser', () => {
    const at = { type: 'identify', userId: 'u', anonymousId: 'x' };
    expect(
      emailsOf([
        message({ ...at, traits: { email: 'ann@old.example' } }, NOW - 1),
        message({ ...at, traits: { email: 'ann@new.example' } }),
      ]),
    ).toMatchObject([
      { emails: ['ann@old.example', 'ann@new.example'], said: ['ann@old.example', 'ann@new.example'] },
    ]);
  });

  test('whom a server has named without an address get it from their browser, once', () => {
    const people = createPeople();
    const at = { type: 'identify', userId: 'u', anonymousId: 'x' };
    people.add(message({ ...at, traits: {} }, NOW - 4), 'server');
    for (const n of [3, 2]) people.add(message({ ...at, traits: real }, NOW - n), 'browser');
    people.add(message({ ...at, traits: { email: 'ann@new.example' } }, NOW - 1), 'browser');
    expect(people.all()[0]?.events.map(({ traits }) => traits?.['email'])).toEqual([
      undefined,
      'ann@good.example',
      'ann@good.example',
      undefined,
    ]);
    people.add(message({ ...at, traits: { email: 'ann@new.example' } }, NOW), 'server');
    expect(people.all()[0]?.emails).toEqual(['ann@good.example', 'ann@new.example']);
  });

  test('who have no address yet get the one that their browser gives, with an anonymous id or without', () => {
    const first = message({ type: 'identify', userId: 'u', traits: {} }, NOW - 1);
    const named = message({ type: 'identify', userId: 'u', traits: { email: 'ann@good.example' } });
    expect(emailsOf([first, named])).toMatchObject([{ users: ['u'], emails: ['ann@good.example'] }]);
  });

  test('are joined by an alias, whatever their user ids', () => {
    const people = createPeople();
    people.add(message({ userId: 'old' }));
    people.add(message({ userId: 'new' }));
    expect(people.all()).toHaveLength(2);
    people.add(message({ type: 'alias', userId: 'new', previousId: 'old' }));
    expect(people.all()).toMatchObject([{ users: ['old', 'new'] }]);
  });

  test('known by an alias before anything else are found by both ids', () => {
    const people = createPeople();
    people.add(message({ type: 'alias', userId: 'new', previousId: 'old' }));
    people.add(message({ userId: 'old' }));
    people.add(message({ anonymousId: 'old' }));
    expect(people.all().map(({ events }) => events.length)).toEqual([3]);
  });

  const someone = fc.record({
    user: fc.constantFrom(undefined, 'u1', 'u2'),
    anonymous: fc.constantFrom(undefined, 'x1', 'x2', 'x3'),
    minutes: fc.nat(5_000),
  });
  property.prop([fc.uniqueArray(someone, { maxLength: 12, selector: ({ minutes }) => minutes })])(
    'are the same people when every message comes twice',
    (told) => {
      const messages = told
        .filter(({ user, anonymous }) => user !== undefined || anonymous !== undefined)
        .map(({ user, anonymous, minutes }) =>
          message({ userId: user, anonymousId: anonymous }, NOW + minutes * 60_000),
        );
      const once = groupsOf(messages);
      expect(once.flat().sort()).toEqual(messages.map(({ messageId }) => messageId).sort());
      expect(groupsOf(messages.flatMap((each) => [each, each]))).toEqual(once);
    },
  );

  const person = fc.array(fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()), { minLength: 1, maxLength: 4 });
  property.prop([fc.array(person, { maxLength: 4 }), fc.infiniteStream(fc.nat())])(
    'who share nothing are the same in whatever order messages come',
    (told, chance) => {
      const messages = told.flatMap((each, n) =>
        each.map(([user, email, anonymous], m) =>
          message(
            {
              type: 'identify',
              ...(user ? { userId: `u${n}` } : {}),
              ...(email ? { traits: { email: `p${n}@example.com` } } : {}),
              ...(anonymous || (!user && !email) ? { anonymousId: `x${n}` } : {}),
            },
            NOW + m * 60_000 + n,
          ),
        ),
      );
      const shuffled = messages
        .map((each) => ({ each, at: chance.next().value as number }))
        .sort((a, b) => a.at - b.at)
        .map(({ each }) => each);
      expect(groupsOf(shuffled)).toEqual(groupsOf(messages));
    },
  );
});

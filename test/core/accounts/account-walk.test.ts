import { fc, test as lawOf } from '@fast-check/vitest';
import { expect, test } from 'vitest';

import { accountStanding } from '../../../core/accounts/account.ts';
import { accountWalk, type AccountLook } from '../../../core/accounts/account-walk.ts';
import type { Accounts } from '../../../core/schema/accounts.ts';

const rules = {
  account: {
    rollup: { engagement: { sum: 'engagement', best: 2 } },
    bands: { of: 'engagement', quiet: 0, stirring: 40, surging: { enter: 100, leave: 80 } },
    qualified: { band: ['surging'], people: 2 },
  },
} as unknown as Accounts;
const look = (at: number, ...points: number[]): AccountLook => ({
  at,
  people: points.map((engagement) => ({ scores: { engagement }, total: engagement })),
});

test('an account in a band stays there until it is left, not until it would no longer be entered', () => {
  const { standing, crossings } = accountWalk(rules, [look(1, 60, 50), look(2, 50, 40), look(3, 50, 20)]);
  expect(crossings).toEqual([
    { at: 1, from: null, to: { band: 'surging', qualified: true } },
    { at: 3, from: { band: 'surging', qualified: true }, to: { band: 'stirring', qualified: false } },
  ]);
  expect(standing).toMatchObject({ band: 'stirring', numbers: { engagement: 70 }, people: 2 });
});

test('one who looks for the first time at 90 is not surging; one who was surging is', () => {
  expect(accountWalk(rules, [look(1, 50, 40)]).standing?.band).toBe('stirring');
  expect(accountWalk(rules, [look(1, 50, 40)], 'surging').standing?.band).toBe('surging');
  expect(accountWalk(rules, [])).toEqual({ standing: null, crossings: [] });
});

const looks = fc.array(fc.array(fc.nat({ max: 80 }), { maxLength: 4 }), { minLength: 1, maxLength: 20 });

lawOf.prop([looks, fc.nat()])(
  'walking in two parts is walking at once, and a look twice is a look',
  (all, at) => {
    const path = all.map((points, n) => look(n, ...points));
    const cut = 1 + (at % path.length);
    const first = accountWalk(rules, path.slice(0, cut));
    const rest = accountWalk(rules, path.slice(cut), first.standing?.band ?? null);
    const whole = accountWalk(rules, path);
    expect(rest.standing ?? first.standing).toEqual(whole.standing);
    const twice = accountWalk(
      rules,
      path.flatMap((one) => [one, one]),
    );
    expect(twice).toEqual(whole);
    const last = path.at(-1);
    expect(whole.standing).toEqual(
      last &&
        accountStanding(rules, last.people, accountWalk(rules, path.slice(0, -1)).standing?.band ?? null),
    );
  },
);

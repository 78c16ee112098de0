import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { wentBefore } from '../../../core/publish/before.ts';

const before = (line: string): string | null => wentBefore([...line].map((hash) => ({ hash })));

test('going back twice goes back twice, and never forth to what was left', () => {
  expect([before(''), before('A'), before('AB'), before('ABC'), before('ABCB'), before('ABCBA')]).toEqual([
    ...[null, null, 'A', 'B', 'A', null],
  ]);
  expect([before('ABA'), before('ABAC'), before('ABACA')]).toEqual([null, 'A', null]);
});

test.prop([fc.string({ unit: fc.constantFrom('A', 'B', 'C', 'D'), maxLength: 12 })])(
  'who goes back and back comes to the first there was, by no ruleset twice',
  (history) => {
    let line = history;
    const seen: string[] = [];
    for (let back = before(line); back !== null; back = before(line)) {
      expect(seen).not.toContain(back);
      seen.push(back);
      line += back;
    }
    expect(line.at(-1)).toBe(history === '' ? undefined : history[0]);
  },
);

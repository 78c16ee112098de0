import { fc, test as property } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { DAY } from '../../../core/duration.ts';
import { roomFrom } from '../../../core/nurture/frequency.ts';

const NOW = Date.parse('2026-05-14T10:00:00Z');
const LIMIT = { at_most: 2, within: '7d' };
const ago = (...days: number[]) => days.map((day) => ({ tag: `mail-${day}`, at: NOW - day * DAY }));

test('two mails in seven days leave no room for a third until the first is a week old', () => {
  expect(roomFrom(ago(3), 'new', LIMIT, NOW)).toBe(NOW);
  expect(roomFrom(ago(3, 6), 'new', LIMIT, NOW)).toBe(NOW + DAY);
  expect(roomFrom(ago(3, 7), 'new', LIMIT, NOW)).toBe(NOW);
  // A limit that was tightened: three are in the window, so two of them must leave it.
  expect(roomFrom(ago(1, 2, 3), 'new', LIMIT, NOW)).toBe(NOW + 5 * DAY);
});

test('another try of a mail that was let out is not put off by itself', () => {
  expect(roomFrom(ago(1, 2), 'mail-2', LIMIT, NOW)).toBe(NOW);
});

property.prop([
  fc.array(fc.integer({ min: 0, max: 40 * DAY }), { maxLength: 30 }),
  fc.integer({ min: 1, max: 5 }),
])(
  'asked at any times and waiting as told, a lead never gets more than the limit in its window',
  (asked, most) => {
    const limit = { at_most: most, within: '7d' };
    const letOut: { tag: string; at: number }[] = [];
    const queue = asked.map((at, index) => ({ tag: `m${index}`, at }));
    while (queue.length > 0) {
      queue.sort((a, b) => a.at - b.at || (a.tag < b.tag ? -1 : 1));
      const [mail] = queue.splice(0, 1);
      if (!mail) break;
      const room = roomFrom(letOut, mail.tag, limit, mail.at);
      if (room > mail.at) queue.push({ ...mail, at: room });
      else letOut.push(mail);
    }
    expect(letOut).toHaveLength(asked.length);
    for (const { at } of letOut)
      expect(letOut.filter((each) => each.at > at - 7 * DAY && each.at <= at).length).toBeLessThanOrEqual(
        most,
      );
  },
);

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Agenda } from '../../local/agenda.ts';

describe('an agenda', () => {
  test('gives what is due in order of time, of equal times in order of setting', () => {
    const agenda = new Agenda();
    agenda.set('late', 30);
    agenda.set('a', 10);
    agenda.set('b', 10);
    agenda.set('moved', 5);
    agenda.set('moved', 20);
    agenda.set('gone', 1);
    agenda.delete('gone');
    expect(agenda.next()).toBe(10);
    expect([agenda.take(20), agenda.take(20), agenda.take(20), agenda.take(20)]).toEqual([
      ...['a', 'b', 'moved'],
      null,
    ]);
    expect(agenda.next()).toBe(30);
  });

  test('agrees with a sorted list', () => {
    const change = fc.oneof(
      fc.record({ id: fc.integer({ min: 0, max: 9 }).map(String), at: fc.integer({ min: 0, max: 50 }) }),
      fc.record({ gone: fc.integer({ min: 0, max: 9 }).map(String) }),
      fc.record({ take: fc.integer({ min: 0, max: 50 }) }),
    );
    fc.assert(
      fc.property(fc.array(change, { maxLength: 200 }), (changes) => {
        const agenda = new Agenda();
        let list: { id: string; at: number }[] = [];
        for (const one of changes) {
          if ('id' in one) {
            agenda.set(one.id, one.at);
            list = [...list.filter(({ id }) => id !== one.id), one];
          } else if ('gone' in one) {
            agenda.delete(one.gone);
            list = list.filter(({ id }) => id !== one.gone);
          } else {
            const [first] = [...list].sort((a, b) => a.at - b.at);
            const due = first && first.at <= one.take ? first.id : null;
            expect(agenda.take(one.take)).toBe(due);
            list = list.filter(({ id }) => id !== due);
          }
          expect(agenda.next()).toBe(list.length === 0 ? null : Math.min(...list.map(({ at }) => at)));
          expect(agenda.size).toBe(list.length);
        }
      }),
    );
  });
});

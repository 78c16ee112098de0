import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openJournal } from '../../local/journal.ts';

type Change = { set: [string, string] } | { gone: string };

describe('a journal', () => {
  let dir: string;
  let file: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'kindling-'));
    file = join(dir, 'journal.ndjson');
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  const open = (compactBytes?: number) => {
    const state = new Map<string, string>();
    const journal = openJournal<Change>(
      file,
      (change) => {
        if ('set' in change) state.set(...change.set);
        else state.delete(change.gone);
      },
      function* () {
        for (const entry of state) yield { set: entry };
      },
      compactBytes,
    );
    const apply = (change: Change): void => {
      if ('set' in change) state.set(...change.set);
      else state.delete(change.gone);
      journal.append(change);
    };
    return { state, journal, apply };
  };

  test('gives back what was appended', () => {
    const first = open();
    first.apply({ set: ['a', 'ä\n"'] });
    first.apply({ set: ['b', '2'] });
    first.apply({ gone: 'b' });
    // Not closed: a kill does not close either.
    expect([...open().state]).toEqual([['a', 'ä\n"']]);
  });

  test('drops a last line that was cut short, and goes on after the one before', () => {
    const first = open();
    first.apply({ set: ['a', '1'] });
    first.apply({ set: ['b', '2'] });
    const whole = readFileSync(file);
    for (let length = whole.indexOf('\n') + 1; length < whole.length; length++) {
      writeFileSync(file, whole.subarray(0, length));
      const again = open();
      expect([...again.state]).toEqual([['a', '1']]);
      again.apply({ set: ['c', '3'] });
      again.journal.close();
      expect([...open().state.keys()]).toEqual(['a', 'c']);
    }
  });

  test('names the line that is damaged', () => {
    open().apply({ set: ['a', '1'] });
    appendFileSync(file, 'not json\n{"set":["b","2"]}\n');
    expect(() => open()).toThrow(/journal\.ndjson:2 is damaged/);
  });

  test('stays small when its state does, and loses nothing by that', () => {
    const { apply, journal } = open(10_000);
    for (let at = 0; at < 5_000; at++) apply({ set: [`key${at % 10}`, String(at)] });
    journal.close();
    expect(statSync(file).size).toBeLessThan(15_000);
    expect(open().state.get('key9')).toBe('4999');
    expect(open().state.size).toBe(10);
  });

  test('writes nothing once it is closed', () => {
    const { journal } = open();
    journal.close();
    expect(() => journal.append({ gone: 'a' })).toThrow('is closed');
  });
});

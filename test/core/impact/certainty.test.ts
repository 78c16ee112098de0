import { describe, expect, test } from 'vitest';
import { bootstrap, wilson } from '../../../core/impact/certainty.ts';
import { contest, type Pair } from '../../../core/impact/contest.ts';
import type { Judged } from '../../../core/impact/quality.ts';

describe('Wilson’s interval', () => {
  // Figures of R: prop.test(x, n, correct = FALSE)$conf.int
  test.each([
    [8, 10, 0.490162, 0.943318],
    [0, 10, 0, 0.277533],
    [10, 10, 0.722467, 1],
    [50, 100, 0.403832, 0.596168],
    [1, 1000, 0.000177, 0.00564],
  ])('of %i in %i is what R says', (successes, of, low, high) => {
    const [from, to] = wilson(successes, of) ?? [];
    expect(from).toBeCloseTo(low, 4);
    expect(to).toBeCloseTo(high, 4);
  });

  test('of none is none', () => {
    expect(wilson(0, 0)).toBeNull();
  });
});

describe('the bootstrap', () => {
  const mean = (sample: readonly number[]): number => sample.reduce((a, b) => a + b, 0) / sample.length;
  const sample = Array.from({ length: 400 }, (_, n) => n % 20);

  test('says of a mean about what the normal distribution does', () => {
    const deviation = Math.sqrt(mean(sample.map((value) => (value - mean(sample)) ** 2)));
    const half = (1.96 * deviation) / Math.sqrt(sample.length);
    const [low, high] = bootstrap(sample, mean) ?? [0, 0];
    expect(low).toBeCloseTo(mean(sample) - half, 0);
    expect(high).toBeCloseTo(mean(sample) + half, 0);
    expect(high - low).toBeGreaterThan(1.6 * half);
    expect(high - low).toBeLessThan(2.4 * half);
  });

  test('always says the same of the same', () => {
    expect(bootstrap(sample, mean)).toEqual(bootstrap([...sample], mean));
  });

  test('says nothing of one, and of what is mostly undefined', () => {
    expect(bootstrap([1], mean)).toBeNull();
    expect(bootstrap(sample, () => null)).toBeNull();
  });
});

describe('a contest', () => {
  const lead = (won: boolean, total: number): Judged => ({
    ...{ won, total, qualified: total >= 60, band: total >= 60 ? 'hot' : 'cold' },
    leadTimeMs: won && total >= 60 ? 5 * 86_400_000 : null,
  });
  /** The challenger sees who buys; what is live does not. */
  const seeing: Pair[] = Array.from({ length: 200 }, (_, n) => {
    const won = n % 4 === 0;
    return { before: lead(won, (n * 37) % 100), after: lead(won, won ? 60 + (n % 40) : n % 60) };
  });

  test('says what is better, and that it is not by chance', () => {
    const by = Object.fromEntries(contest(seeing).map((each) => [each.what, each]));
    expect(by['AUC']).toMatchObject({ verdict: 'better' });
    expect(by['AUC']?.challengerWithin?.[1]).toBe(1);
    expect(by['precision of qualified']).toMatchObject({ challenger: 1, verdict: 'better' });
    expect(by['AUC']?.live).toBeLessThan(0.65);
    expect(by['AUC']?.difference?.[0]).toBeGreaterThan(0);
    expect(by['won of hot']?.challengerWithin?.[1]).toBeGreaterThan(0.999);
    expect(by['days qualified to won']?.verdict).toBeNull();
  });

  test('of a ruleset with itself is unclear', () => {
    const same = seeing.map(({ after }) => ({ before: after, after }));
    expect(new Set(contest(same).map(({ verdict }) => verdict))).toEqual(new Set(['unclear', null]));
  });

  test('of a few leads says that it cannot tell', () => {
    const few = contest(seeing.slice(0, 6));
    expect(few.filter(({ verdict }) => verdict === 'better' || verdict === 'worse')).toEqual([]);
  });
});

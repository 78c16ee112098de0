import type { Standing } from '../evaluation.ts';
import { meaning } from './matcher.ts';
import { wholePoints } from './rounding.ts';
import type { Bands, BandSteps } from '../schema/bands.ts';

/** Whole points. */
export interface Band {
  readonly name: string;
  readonly enter: number;
  readonly leave: number;
}

/** Bands by name as a list, lowest first. */
export const bandsOf = ({ of: _of, ...steps }: BandSteps): readonly Band[] =>
  Object.entries(steps as Record<string, number | { enter: number; leave?: number }>)
    .map(([name, step]): Band => {
      const { enter, leave = enter } = typeof step === 'number' ? { enter: step } : step;
      return { name, enter, leave };
    })
    .sort((a, b) => a.enter - b.enter);

/**
 * The band after a look at `points`, from the one before: up to the highest that is reached, else it stays while it is
 * not left, else down to the highest lower one that is not left.
 * @param from index into `bands`, lowest first
 */
export function moved(bands: readonly Band[], from: number, points: number): number {
  for (let n = bands.length - 1; n > from; n -= 1) if (points >= (bands[n]?.enter ?? Infinity)) return n;
  for (let n = from; n > 0; n -= 1) if (points >= (bands[n]?.leave ?? Infinity)) return n;
  return 0;
}

/** Held in whole points, ends included or not. */
interface Span {
  readonly least: number;
  readonly most: number;
}
interface GroupTest {
  readonly of: number;
  readonly spans: readonly Span[];
}

/** The numbers that thresholds look at: by score in the order of their names, the total last; unrounded. */
export type Numbers = ArrayLike<number>;

/** Where a lead stands, by numbers: what hysteresis needs to remember is the band. */
export interface Place {
  readonly band: number;
  /** -1: none. */
  readonly grade: number;
  readonly group: number;
  readonly qualified: boolean;
}

export const samePlace = (a: Place, b: Place): boolean =>
  a.band === b.band && a.grade === b.grade && a.group === b.group && a.qualified === b.qualified;

const oneOf = (names: string | readonly string[] | undefined): ((name: string) => boolean) =>
  names === undefined
    ? () => true
    : typeof names === 'string'
      ? (name) => name === names
      : (name) => names.includes(name);

/** Spans of whole points for which a test such as `>=50` holds. */
function spansOf(test: string | number | readonly (string | number)[]): Span[] {
  return (typeof test === 'object' ? test : [test]).map((one): Span => {
    const means = meaning(one);
    if (means.kind === 'number') return { least: means.number, most: means.number };
    if (means.kind !== 'numbers') throw new RangeError(`not a test of points: ${one}`);
    const { from, to } = means;
    // Points are whole, so an open end is the next whole number.
    const least = from === null ? -Infinity : from.included ? Math.ceil(from.at) : Math.floor(from.at) + 1;
    const most = to === null ? Infinity : to.included ? Math.floor(to.at) : Math.ceil(to.at) - 1;
    return { least, most };
  });
}

/** More than what numbers of 6 decimals are rounded by. */
const HAIR = 1e-6;

/** Bands, grades, groups and `qualified` of a ruleset, compiled. */
export class Standings {
  readonly bands: readonly Band[];
  readonly #bandOf: number;
  readonly #grades: readonly { readonly name: string; readonly from: number }[];
  readonly #gradeOf: number;
  readonly #groups: readonly { readonly name: string; readonly tests: readonly GroupTest[] }[];
  readonly #qualifies: (place: Omit<Place, 'qualified'>) => boolean;

  /** @param indexOf where a score's number is; of `total` too */
  constructor({ bands, grades, groups, qualified }: Bands, indexOf: (name: string) => number) {
    this.bands = bandsOf(bands);
    this.#bandOf = indexOf(bands.of ?? 'total');
    const { of = 'total', ...steps } = grades ?? {};
    this.#gradeOf = indexOf(of);
    this.#grades = Object.entries(steps as Record<string, number>)
      .map(([name, from]) => ({ name, from }))
      .sort((a, b) => b.from - a.from);
    const listed = Array.isArray(groups) ? groups : Object.entries(groups ?? {});
    this.#groups = listed.map(([name, tests]) => ({
      name,
      tests: Object.entries(tests).map(([score, test]) => ({ of: indexOf(score), spans: spansOf(test) })),
    }));
    const [band, grade, group] = [oneOf(qualified?.band), oneOf(qualified?.grade), oneOf(qualified?.group)];
    this.#qualifies = (place) =>
      qualified !== undefined &&
      band(this.bands[place.band]?.name ?? '') &&
      (qualified.grade === undefined || (place.grade >= 0 && grade(this.#grades[place.grade]?.name ?? ''))) &&
      (qualified.group === undefined || (place.group >= 0 && group(this.#groups[place.group]?.name ?? '')));
  }

  /** Where a lead stands with these numbers, coming from a band. */
  place(numbers: Numbers, from: number): Place {
    const band = moved(this.bands, from, wholePoints(numbers[this.#bandOf] ?? 0));
    const place = {
      band,
      grade: this.#grade(wholePoints(numbers[this.#gradeOf] ?? 0)),
      group: this.#group(numbers),
    };
    return { ...place, qualified: this.#qualifies(place) };
  }

  /** The band of a lead with these numbers, whichever it comes from; null where that matters. */
  surely(numbers: Numbers): number | null {
    const points = wholePoints(numbers[this.#bandOf] ?? 0);
    const band = moved(this.bands, 0, points);
    return moved(this.bands, this.bands.length - 1, points) === band ? band : null;
  }

  #grade(points: number): number {
    const reached = this.#grades.findIndex(({ from }) => points >= from);
    return reached < 0 ? this.#grades.length - 1 : reached;
  }

  #group(numbers: Numbers): number {
    return this.#groups.findIndex(({ tests }) =>
      tests.every(({ of, spans }) => {
        const points = wholePoints(numbers[of] ?? 0);
        return spans.some(({ least, most }) => points >= least && points <= most);
      }),
    );
  }

  /** Whether a lead that stands somewhere stands there with every number between these; false where that is not sure. */
  holds(place: Place, low: Numbers, high: Numbers): boolean {
    const between = (index: number): [number, number] => [
      wholePoints(low[index] ?? 0),
      wholePoints(high[index] ?? 0),
    ];
    const [bandLow, bandHigh] = between(this.#bandOf);
    if (moved(this.bands, place.band, bandLow) !== place.band) return false;
    if (bandHigh !== bandLow && moved(this.bands, place.band, bandHigh) !== place.band) return false;
    if (this.#grades.length > 0) {
      const [gradeLow, gradeHigh] = between(this.#gradeOf);
      if (this.#grade(gradeLow) !== place.grade || this.#grade(gradeHigh) !== place.grade) return false;
    }
    return this.#groups.every(({ tests }) =>
      tests.every(({ of, spans }) => {
        const [from, to] = between(of);
        return spans.every(
          ({ least, most }) => !(from < least && least <= to) && !(from <= most && most < to),
        );
      }),
    );
  }

  /**
   * How far numbers may go while a lead surely stands where it stands with these ones: both ends included, a hair
   * narrower than what holds.
   */
  room(place: Place, numbers: Numbers, least: Float64Array, most: Float64Array): void {
    least.fill(-Infinity);
    most.fill(Infinity);
    const within = (index: number, from: number, below: number): void => {
      least[index] = Math.max(least[index] ?? -Infinity, from - 0.5 + HAIR);
      most[index] = Math.min(most[index] ?? Infinity, below - 0.5 - HAIR);
    };
    const { bands } = this;
    for (let n = place.band + 1; n < bands.length; n += 1)
      within(this.#bandOf, -Infinity, bands[n]?.enter ?? Infinity);
    if (place.band > 0) within(this.#bandOf, bands[place.band]?.leave ?? -Infinity, Infinity);
    const grades = this.#grades;
    if (place.grade >= 0) {
      const lowest = place.grade === grades.length - 1;
      within(
        this.#gradeOf,
        lowest ? -Infinity : (grades[place.grade]?.from ?? -Infinity),
        grades[place.grade - 1]?.from ?? Infinity,
      );
    }
    for (const { tests } of this.#groups)
      for (const { of, spans } of tests) {
        const points = wholePoints(numbers[of] ?? 0);
        for (const span of spans) {
          if (points < span.least) within(of, -Infinity, span.least);
          else if (points > span.most) within(of, span.most + 1, Infinity);
          else within(of, span.least, span.most + 1);
        }
      }
  }

  named({ band, grade, group, qualified }: Place): Standing {
    return {
      band: this.bands[band]?.name ?? '',
      grade: this.#grades[grade]?.name ?? null,
      group: this.#groups[group]?.name ?? null,
      qualified,
    };
  }
}

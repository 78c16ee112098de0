import { dateSpan } from './dates.ts';
import type { LeadEvent } from '../event.ts';
import type { Json } from '../json.ts';
import { reach } from './reach.ts';
import type { ScoreFile } from '../schema/score.ts';

/** A person's points for a score, or for one key of it. */
export interface Adjustment {
  readonly score: string;
  /** '' for a score without keys. */
  readonly key: string;
  readonly points: number;
  /** It counts while `now` is before; Infinity: for ever. */
  readonly until: number;
}

/** When an `until` ends; a bare date includes its day. Null if it is no date. */
function endOf(until: Json | undefined): number | null {
  if (until === undefined || until === null || until === '') return Infinity;
  const span = typeof until === 'string' ? dateSpan(until) : null;
  return span && (span.bare ? span.to : span.from);
}

/**
 * What a `score.adjusted` says, or null where it must be rejected: an unknown score, points that are no number, a keyed
 * score without its key as a text, an `until` that is no date.
 * @param byOf what keys a score, null for a score without keys, undefined for no score
 */
export function adjustment(
  { properties }: Pick<LeadEvent, 'properties'>,
  byOf: (score: string) => ScoreFile['by'] | null,
): Adjustment | null {
  const { score: named, points } = properties;
  const until = endOf(properties.until);
  if (typeof named !== 'string' || typeof points !== 'number' || !Number.isFinite(points) || until === null)
    return null;
  const by = byOf(named);
  if (by === null) return { score: named, key: '', points, until };
  if (by !== undefined) {
    const key = Object.hasOwn(properties, by) ? properties[by] : reach(properties, by.split('.'));
    return typeof key === 'string' && key !== '' ? { score: named, key, points, until } : null;
  }
  // `product: crm` in one text names the score and its key.
  const [score = '', ...rest] = named.split(':');
  const key = rest.join(':').trim();
  return key !== '' && typeof byOf(score) === 'string' ? { score, key, points, until } : null;
}

/** The manual points of one score or key. */
export class Manual {
  #lasting = 0;
  #ending: { readonly points: number; readonly until: number }[] = [];

  take({ points, until }: Adjustment, at: number): void {
    if (until === Infinity) this.#lasting += points;
    else if (until > at) this.#ending.push({ points, until });
  }

  passTo(now: number): void {
    if (this.#ending.length > 0) this.#ending = this.#ending.filter(({ until }) => until > now);
  }

  get due(): number {
    return this.#ending.reduce((due, { until }) => Math.min(due, until), Infinity);
  }

  get points(): number {
    return this.#ending.reduce((sum, { points }) => sum + points, this.#lasting);
  }

  save(): Json {
    return [this.#lasting, ...this.#ending.map(({ points, until }) => [points, until])];
  }

  load(state: Json): void {
    const [lasting, ...ending] = state as unknown as readonly [number, ...(readonly [number, number])[]];
    this.#lasting = lasting;
    this.#ending = ending.map(([points, until]) => ({ points, until }));
  }
}

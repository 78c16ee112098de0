import type { Terms } from './origin.ts';

/** How far all leads have been brought to the live ruleset: `GET /api/rescore`. Instants are UTC milliseconds. */
export interface Progress {
  readonly hash: string;
  readonly epoch: number;
  /** When the ruleset went live. */
  readonly at: number;
  /** `none`: there was nobody to bring to the first ruleset. `waiting`: nobody may score by the old one any more first. */
  readonly state: 'none' | 'waiting' | 'running' | 'done';
  readonly startsAt: number | null;
  readonly updatedAt: number | null;
  readonly finishedAt: number | null;
  readonly segments: number;
  readonly segmentsDone: number;
  /** Leads looked at so far, but for those that something had happened to since the switch. */
  readonly looked: number;
  /** Leads that came to something else, and were written. */
  readonly changed: number;
  /** Leads that became qualified by it. */
  readonly qualified: number;
  /** Leads that could not be scored: they keep their score until something happens to them. */
  readonly failed: number;
  /** How many leads stood in each band when the ruleset went live, and when all had been brought to it. */
  readonly before: Readonly<Record<string, number>> | null;
  readonly after: Readonly<Record<string, number>> | null;
  /** What it may start by itself. */
  readonly terms: Terms;
  /** What it has started of what is limited; null where that is not limited, and not counted. */
  readonly started: Terms;
}

import type { JourneyGraph } from '../nurture/graph.ts';

/** What became of those who took a journey: of its newest 2,000 entries. */
export interface JourneyCounts {
  /** When the oldest that is counted began, UTC milliseconds; null where nobody did. */
  readonly since: number | null;
  /** Whether there were earlier ones. */
  readonly more: boolean;
  readonly begun: number;
  readonly running: number;
  /** Of those on the way by the steps that are live: where they came last, by the place in the graph. */
  readonly at: Readonly<Record<string, number>>;
  /** How many are on the way by other steps: they finish the version that they began with. */
  readonly earlier: number;
  /** How those ended that did: `completed`, `goal`, `handed-off`, … */
  readonly ended: Readonly<Record<string, number>>;
  /** How many qualified since they began, of those who took it and of those who were held out to compare them with. */
  readonly effect: {
    readonly taken: { readonly leads: number; readonly qualified: number };
    readonly heldOut: { readonly leads: number; readonly qualified: number };
  };
}

/** One journey of `GET /api/journeys`. */
export interface JourneyView {
  readonly name: string;
  readonly about: string | null;
  readonly retired: boolean;
  /** @example '10%' */
  readonly holdOut: string | null;
  /** In words; any of them is enough. */
  readonly goals: readonly string[];
  readonly stops: readonly string[];
  readonly graph: JourneyGraph;
  readonly counts: JourneyCounts;
  /** What it is good for, in words; null where nobody is held out to compare with. */
  readonly effect: string | null;
}

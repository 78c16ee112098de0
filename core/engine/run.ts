import type { Json } from '../json.ts';

/**
 * What one event rule (of a keyed score: and one key) remembers of the events it matched, in units of its points:
 * only what can still matter. Events are taken in order, and time passes only forward.
 */
export interface Run {
  take(at: number, units: number, id: string, value: string): void;
  /** Forgets what has ended at `at`; must be called at `due`, before events of that instant. */
  passTo(at: number): void;
  /** When something ends with a jump; Infinity: never. */
  readonly due: number;
  /** Whether the units change between jumps. */
  readonly fades: boolean;
  /** Awarded units at an instant not after `due`, decayed. */
  units(at: number): number;
  /** Whether units may both rise and fall while they fade: some are above 0, some below. */
  readonly mixed: boolean;
  /** Of `mixed` units, those above 0 (1) or below (-1). */
  part(at: number, sign: 1 | -1): number;
  /** Ids of the awarding events, oldest first, where they are known. */
  ids(): string[];
  save(): Json;
  load(state: Json): void;
}

/** A kept event that can still matter; without an id where a snapshot stands for it. */
export interface Kept {
  readonly at: number;
  readonly units: number;
  readonly id: string;
}

import { type Invoked } from '../service.ts';

/** What an execution needs of the world. */
export interface World {
  /** ms */
  now(): number;
  /** Puts the execution on disk as it is. */
  save(): void;
  /** Resolves when it is `until`, rejects with `Cancelled` when the scope ends before. */
  sleep(until: number, scope: Scope): Promise<void>;
  /** Says that a line of the execution goes on, or waits for others. */
  working(): void;
  waiting(): void;
  /** Throws a `StateError` unless the machine may start executions of itself, look at them and stop them. */
  mayDistribute(): void;
  call(functionArn: string, payload: unknown): Promise<Invoked>;
  /** `$$`, without State and Map. */
  readonly context: Readonly<Record<string, unknown>>;
}

/** Thrown in lines of an execution that nobody waits for any more. */
export class Cancelled extends Error {}

/** Lines of an execution that end together: all of them, or the branches of one Parallel or Map state. */
export class Scope {
  cancelled = false;
  readonly #ends = new Set<() => void>();

  /** @returns a function that takes `end` off again */
  onCancel(end: () => void): () => void {
    this.#ends.add(end);
    return () => this.#ends.delete(end);
  }

  cancel(): void {
    if (this.cancelled) return;
    this.cancelled = true;
    for (const end of [...this.#ends]) end();
  }

  check(): void {
    if (this.cancelled) throw new Cancelled();
  }
}

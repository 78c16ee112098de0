/** One thing that may happen next: a process does its next step, or dies before it. */
export interface Move {
  readonly process: number;
  readonly dies: boolean;
}

/** A process whose every step waits at `step` until the walk lets it go on. */
export interface Process {
  readonly run: (step: (name: string) => Promise<void>, saw: (answer: unknown) => void) => Promise<void>;
}

/** A world made anew for each walk. */
export interface World {
  readonly processes: readonly Process[];
  /** All that is stored, as text. */
  readonly stored: () => string;
  /** Runs once nobody moves any more: brings back what died, and checks. Throws if anything is wrong. */
  readonly settle: (died: readonly number[]) => Promise<void>;
}

interface Actor {
  readonly waiting: { readonly name: string; readonly go: () => void }[];
  /** What it was answered so far: two that were answered the same will do the same. */
  readonly history: unknown[];
  done: boolean;
  dead: boolean;
  failure: unknown;
}

const quiet = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const start = (world: World): Actor[] =>
  world.processes.map(({ run }) => {
    const actor: Actor = { waiting: [], history: [], done: false, dead: false, failure: null };
    const step = (name: string): Promise<void> =>
      new Promise((resolve) => actor.waiting.push({ name, go: resolve }));
    const saw = (answer: unknown): void =>
      void actor.history.push(answer instanceof Set ? [...answer] : answer);
    run(step, saw).then(
      () => (actor.done = true),
      (error: unknown) => {
        actor.done = true;
        actor.failure = error;
      },
    );
    return actor;
  });

/** Plays moves from the beginning; answers the actors as they stand then. */
const play = async (world: World, moves: readonly Move[]): Promise<Actor[]> => {
  const actors = start(world);
  await quiet();
  for (const { process, dies } of moves) {
    const actor = actors[process] as Actor;
    const next = actor.waiting.shift();
    if (dies) actor.dead = true;
    else {
      next?.go();
      await quiet();
    }
  }
  return actors;
};

export interface Walked {
  readonly endings: number;
  readonly states: number;
}

/**
 * Walks every order in which the processes' steps can happen, with at most one death at any point. States that were
 * seen before (all that is stored, and all that each process has done) are not walked twice.
 */
export const walk = async (make: () => World): Promise<Walked> => {
  const seen = new Set<string>();
  let endings = 0;
  const visit = async (moves: readonly Move[]): Promise<void> => {
    const world = make();
    const actors = await play(world, moves);
    const state = JSON.stringify([
      world.stored(),
      actors.map(({ history, dead, waiting }) => [history, dead, waiting.map(({ name }) => name)]),
    ]);
    if (seen.has(state)) return;
    seen.add(state);
    const able = actors.flatMap((actor, process) => (actor.done || actor.dead ? [] : [process]));
    if (able.length === 0) {
      endings += 1;
      try {
        const failed = actors.flatMap(({ dead, failure }, process) =>
          dead || failure !== null ? [process] : [],
        );
        await world.settle(failed);
      } catch (error) {
        const trace = moves.map(({ process, dies }) => `${process}${dies ? '✗' : ''}`).join(' ');
        throw new Error(`after ${trace}: ${String(error)}`, { cause: error });
      }
      return;
    }
    const died = actors.some(({ dead }) => dead);
    for (const process of able) {
      await visit([...moves, { process, dies: false }]);
      if (!died) await visit([...moves, { process, dies: true }]);
    }
  };
  await visit([]);
  return { endings, states: seen.size };
};

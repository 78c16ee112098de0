import { type Clock, type Quiet, type Timed } from './service.ts';

/** How often quiet is looked for when nobody said that something changed, ms. */
const LOOK_MS = 20;
/** The longest sleep of a real clock's timer, ms: machines sleep, and their clocks are set. */
const NAP_MS = 10_000;

/** Runs what is due: at once on a real clock, on the way of an advance on a virtual one. */
export interface Due {
  /** Some service's `nextDue()` or `busy()` may answer differently. */
  readonly changed: () => void;
  /** Resolves when nothing runs and nothing is due now. */
  readonly idle: () => Promise<void>;
  /** Moves virtual time to `to`, stopping at every instant at which something is due, in order; at each it waits
   *  until all is quiet. One advance at a time. */
  readonly advance: (to: number) => Promise<void>;
  /** The same for a machine whose schedules sleep: they run at `to`, each once, however often they were due.
   *  @param there begins beside them, and what it sets going is waited for, too */
  readonly drowse: (to: number, there?: () => Promise<void>) => Promise<void>;
  /** Resolves what waits. */
  readonly stop: () => void;
}

/** @param schedules those of `timed` that come again and again by themselves */
export const createDue = (
  clock: Clock,
  timed: readonly Timed[],
  quiet: readonly Quiet[],
  schedules: readonly Timed[] = [],
): Due => {
  const others = timed.filter((each) => !schedules.includes(each));
  let waiters: (() => void)[] = [];
  let woken = false;
  let stopped = false;
  let nap: NodeJS.Timeout | undefined;
  let turn: Promise<void> = Promise.resolve();

  const nextDue = (of = timed): number =>
    of.reduce(
      (first, each) => Math.min(first, each.nextDue() ?? Number.POSITIVE_INFINITY),
      Number.POSITIVE_INFINITY,
    );

  const run = (of = timed): void => {
    for (const each of of)
      if ((each.nextDue() ?? Number.POSITIVE_INFINITY) <= clock.now()) each.runDue(clock.now());
  };

  const tick = (): void => {
    clearTimeout(nap);
    if (stopped || clock.virtual) return;
    run();
    const next = nextDue();
    if (next === Number.POSITIVE_INFINITY) return;
    nap = setTimeout(tick, Math.min(NAP_MS, Math.max(1, next - clock.now())));
    nap.unref();
  };

  const wake = (): void => {
    woken = false;
    tick();
    const all = waiters;
    waiters = [];
    for (const each of all) each();
  };
  const changed = (): void => {
    if (woken || stopped) return;
    woken = true;
    setImmediate(wake);
  };
  const change = (): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, LOOK_MS);
      waiters.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });

  const busy = (of = timed): boolean => quiet.some((each) => each.busy()) || nextDue(of) <= clock.now();
  const idle = async (of = timed): Promise<void> => {
    while (!stopped) {
      run(of);
      // Twice, a turn apart: what one service has just handed over, the next one may not count yet.
      if (!busy(of)) await new Promise(setImmediate);
      if (!busy(of)) return;
      await change();
    }
  };

  const walk = async (to: number, of = timed): Promise<void> => {
    if (!clock.virtual) throw new Error('Only a virtual clock can be advanced.');
    await idle(of);
    for (let next = nextDue(of); next <= to && !stopped; next = nextDue(of)) {
      clock.set(Math.max(clock.now(), next));
      await idle(of);
    }
    if (!stopped && to > clock.now()) clock.set(to);
  };
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    turn = turn.catch(() => {}).then(work);
    return turn;
  };

  return {
    changed,
    idle: () => idle(),
    advance: (to) => inTurn(() => walk(to)),
    drowse: (to, there) =>
      inTurn(async () => {
        await walk(to, others);
        run();
        await there?.();
        await idle();
      }),
    stop: () => {
      stopped = true;
      clearTimeout(nap);
      wake();
    },
  };
};

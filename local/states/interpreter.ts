import { type Branch, type Execution, type MapItem, type Thread } from './execution.ts';
import { type Flow, type Machine, type State } from './machine.ts';
import { type Path } from './path.ts';
import { catcherFor, nextTry } from './retry.ts';
import { StateError } from './state-error.ts';
import { callTask } from './task.ts';
import { Scope, type World } from './world.ts';

const MAX_EVENTS = 25_000;
/** Entries in the history of AWS that a state makes. */
const EVENTS: Readonly<Record<State['type'], number>> = {
  Pass: 2,
  Succeed: 2,
  Choice: 2,
  Fail: 1,
  Wait: 2,
  Task: 5,
  Parallel: 4,
  Map: 4,
};

export const threadAt = (machine: Machine, input: unknown, now: number): Thread => ({
  state: machine.startAt,
  input,
  enteredAt: now,
});

/** Runs one line from where it stands to its end, and gives its output. Rejects with a `StateError` that nothing
 *  caught, or `Cancelled`. A state that a kill cut short runs again. */
export const run = async (
  execution: Execution,
  thread: Thread,
  machine: Machine,
  scope: Scope,
  world: World,
  outerItem?: MapItem,
): Promise<unknown> => {
  const item = thread.item ?? outerItem;
  for (;;) {
    const state = machine.states.get(thread.state)!;
    if (thread.until !== undefined && state.type !== 'Wait') await pause(thread, scope, world);
    let next: string | null;
    let output: unknown;
    try {
      execution.events += EVENTS[state.type];
      if (execution.events > MAX_EVENTS)
        throw new StateError('States.Runtime', `The history has more than ${MAX_EVENTS} events`);
      ({ next, output } = await step(state, { execution, thread, scope, world, item }));
    } catch (error) {
      if (!(error instanceof StateError)) throw error;
      const retry = nextTry(state, thread, error, world.now());
      if (retry !== null) {
        delete thread.branches;
        thread.until = retry;
        world.save();
        continue;
      }
      const caught = catcherFor(state, error);
      if (!caught) throw error;
      const result = { Error: error.error, Cause: error.message };
      next = caught.next;
      output = caught.resultPath ? caught.resultPath(thread.input, result) : thread.input;
    }
    if (next === null) return output;
    thread.state = next;
    thread.input = output;
    thread.enteredAt = world.now();
    delete thread.until;
    delete thread.tries;
    delete thread.branches;
  }
};

interface Standing {
  readonly execution: Execution;
  readonly thread: Thread;
  readonly scope: Scope;
  readonly world: World;
  readonly item: MapItem | undefined;
}

const step = async (state: State, standing: Standing): Promise<{ next: string | null; output: unknown }> => {
  const { thread, scope, world, item } = standing;
  const context = {
    ...world.context,
    State: {
      Name: state.name,
      EnteredTime: new Date(thread.enteredAt).toISOString(),
      RetryCount: (thread.tries ?? []).reduce((sum, tries) => sum + tries, 0),
    },
    ...(item ? { Map: { Item: { Index: item.index, Value: item.value } } } : {}),
  };
  const { flow } = state;
  const raw = thread.input;
  const selected = pick(flow.inputPath, raw, context);
  const input = flow.parameters ? flow.parameters(selected, context) : selected;
  const go = (value: unknown, next = state.next) => ({
    next,
    output: pick(flow.outputPath, value, context),
  });

  switch (state.type) {
    case 'Pass':
      return go(place(flow, raw, state.result ? state.result.value : input));
    case 'Succeed':
      return go(input);
    case 'Fail':
      throw new StateError(text(state.error?.(raw, context)), text(state.cause?.(raw, context)));
    case 'Choice': {
      const chosen = state.choices.find(({ holds }) => holds(input, context))?.next ?? state.otherwise;
      if (chosen === null) throw new StateError('States.NoChoiceMatched', `No choice of ${state.name} holds`);
      return go(input, chosen);
    }
    case 'Wait':
      thread.until ??= endOfWait(state.kind, state.amount(input, context), thread.enteredAt);
      await pause(thread, scope, world);
      return go(input);
    case 'Task': {
      world.save();
      const result = await callTask(state, input, world);
      scope.check();
      return go(place(flow, raw, select(flow, result, context)));
    }
    case 'Parallel': {
      thread.branches ??= state.branches.map((branch) => ({
        thread: threadAt(branch, input, world.now()),
      }));
      const machines = state.branches;
      const result = await join(standing, thread.branches, (at) => machines[at]!, 0);
      return go(place(flow, raw, select(flow, result, context)));
    }
    case 'Map': {
      thread.branches ??= itemsOf(state.items, input, context).map((value, index) => {
        const mine = { ...context, Map: { Item: { Index: index, Value: value } } };
        const itemInput = state.selector ? state.selector(input, mine) : value;
        return { thread: { ...threadAt(state.iterator, itemInput, world.now()), item: { index, value } } };
      });
      if (state.distributed) world.mayDistribute();
      const result = await join(
        standing,
        thread.branches,
        () => state.iterator,
        state.maxConcurrency,
        state.distributed,
      );
      return go(place(flow, raw, select(flow, result, context)));
    }
    default:
      return state satisfies never;
  }
};

const pause = async (thread: Thread, scope: Scope, world: World): Promise<void> => {
  if (thread.until! > world.now()) {
    world.save();
    await world.sleep(thread.until!, scope);
  }
  delete thread.until;
};

/** Runs branches to their end; the first that fails ends the others. */
const join = async (
  { execution, scope, world, item }: Standing,
  branches: Branch[],
  machineOf: (at: number) => Machine,
  maxConcurrency: number,
  distributed = false,
): Promise<unknown[]> => {
  world.save();
  const inner = new Scope();
  const off = scope.onCancel(() => inner.cancel());
  const left = branches.flatMap((branch, at) => ('thread' in branch ? [at] : []));
  const work = async (): Promise<void> => {
    world.working();
    try {
      for (let at = left.shift(); at !== undefined; at = left.shift()) {
        const { thread } = branches[at] as { thread: Thread };
        // An execution of its own counts its own history.
        const counting = distributed ? { ...execution, events: 0 } : execution;
        const output = await run(counting, thread, machineOf(at), inner, world, item);
        inner.check();
        branches[at] = { output };
        world.save();
      }
    } finally {
      world.waiting();
    }
  };
  const lanes = maxConcurrency > 0 ? Math.min(maxConcurrency, left.length) : left.length;
  const working = Array.from({ length: lanes }, work);
  world.waiting();
  try {
    await Promise.all(working);
    return branches.map((branch) => ('output' in branch ? branch.output : null));
  } catch (error) {
    inner.cancel();
    await Promise.allSettled(working);
    throw error;
  } finally {
    off();
    world.working();
  }
};

const endOfWait = (kind: 'seconds' | 'timestamp', amount: unknown, from: number): number => {
  if (kind === 'seconds') {
    if (typeof amount !== 'number' || amount < 0)
      throw new StateError('States.Runtime', `${JSON.stringify(amount)} is no number of seconds`);
    return from + Math.round(amount * 1_000);
  }
  const at = typeof amount === 'string' ? Date.parse(amount) : NaN;
  if (Number.isNaN(at)) throw new StateError('States.Runtime', `${JSON.stringify(amount)} is no timestamp`);
  return at;
};

const itemsOf = (path: Path, input: unknown, context: unknown): unknown[] => {
  const items = path.read(input, context);
  if (!Array.isArray(items)) throw new StateError('States.Runtime', `There is no list at ${path.text}`);
  return items;
};

const pick = (path: Path | null, value: unknown, context: unknown): unknown => {
  if (!path) return {};
  const found = path.read(value, context);
  if (found === undefined) throw new StateError('States.Runtime', `There is nothing at ${path.text}`);
  return found;
};

const select = (flow: Flow, result: unknown, context: unknown): unknown =>
  flow.resultSelector ? flow.resultSelector(result, context) : result;

const place = (flow: Flow, raw: unknown, result: unknown): unknown =>
  flow.resultPath ? flow.resultPath(raw, result) : raw;

const text = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);

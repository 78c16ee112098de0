import { createHash, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Agenda } from './agenda.ts';
import { startEndpoint } from './endpoint.ts';
import { openJournal } from './journal.ts';
import { AwsError, type Invoked, type Principal, type StartStates } from './service.ts';
import { type Execution, type Status } from './states/execution.ts';
import { run, threadAt } from './states/interpreter.ts';
import { compileMachine, type Machine } from './states/machine.ts';
import { createOperations } from './states/operations.ts';
import { StateError } from './states/state-error.ts';
import { Cancelled, Scope, type World } from './states/world.ts';

/** What was deployed as a machine at some time, and still runs. */
interface Definition {
  readonly hash: string;
  readonly machineArn: string;
  readonly roleArn: string;
  readonly body: unknown;
}

type StatesRecord = { readonly definition: Definition } | { readonly execution: Execution };

/** For so long AWS keeps the names of executions that have ended. */
const NAME_KEPT_MS = 90 * 86_400_000;
const MAX_INPUT = 262_144;
// eslint-disable-next-line no-control-regex
const BAD_NAME = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f]/;

/**
 * Step Functions: standard workflows in JSONPath. An execution is on disk before each task, wait and branch, goes on
 * after a restart where it stood (an interrupted task runs again), and keeps the definition that it began with.
 */
export const startStates: StartStates = async ({ dir, clock, access, changed, log, resources, invoke }) => {
  const executions = new Map<string, Execution>();
  const definitions = new Map<string, Definition>();
  const compiled = new Map<string, Machine>();
  /** The definition that a machine's new executions get. */
  const current = new Map<string, string>();
  const scopes = new Map<string, Scope>();
  const sleepers = new Map<string, () => void>();
  const agenda = new Agenda();
  let sleeps = 0;
  let working = 0;
  let stopped = false;

  const keyOf = ({ machineArn, hash }: { machineArn: string; hash: string }): string =>
    `${machineArn}#${hash}`;
  const journal = openJournal<StatesRecord>(
    join(dir, 'executions.ndjson'),
    (record) => {
      if ('definition' in record) definitions.set(keyOf(record.definition), record.definition);
      else executions.set(record.execution.arn, record.execution);
    },
    function* () {
      const used = new Set(current.values());
      for (const execution of executions.values()) if (execution.root) used.add(execution.definition);
      for (const [key, definition] of definitions) {
        if (used.has(key)) yield { definition };
        else definitions.delete(key);
      }
      for (const execution of executions.values()) {
        if (clock.now() - (execution.stoppedAt ?? Infinity) > NAME_KEPT_MS) executions.delete(execution.arn);
        else yield { execution };
      }
    },
  );

  for (const { type, logicalId, arn, properties } of resources) {
    if (type !== 'AWS::StepFunctions::StateMachine')
      throw new Error(`${logicalId}: the state machines know no ${type}`);
    if (properties['StateMachineType'] === 'EXPRESS')
      throw new Error(`${logicalId}: only standard workflows run locally`);
    const body = properties['definition'] as unknown;
    const roleArn = String(properties['RoleArn']);
    const hash = createHash('sha256')
      .update(JSON.stringify([roleArn, body]))
      .digest('hex')
      .slice(0, 16);
    const definition: Definition = { hash, machineArn: arn, roleArn, body };
    const key = keyOf(definition);
    compiled.set(key, compileMachine(body, logicalId));
    current.set(arn, key);
    if (definitions.has(key)) continue;
    definitions.set(key, definition);
    journal.append({ definition });
  }

  const machineOf = (key: string): Machine => {
    const machine = compiled.get(key) ?? compileMachine(definitions.get(key)!.body, key);
    compiled.set(key, machine);
    return machine;
  };

  const nameOf = (arn: string): string => arn.slice(arn.lastIndexOf(':') + 1);
  const startWork = (): void => {
    working += 1;
  };
  /** Only after this turn: whoever waits for this line goes on within it, and nobody shall see a gap. */
  const endWork = (): void => {
    setImmediate(() => {
      working -= 1;
      if (working === 0 && !stopped) changed();
    });
  };

  const end = (execution: Execution, status: Status, outcome: Partial<Execution>): void => {
    Object.assign(execution, outcome, { status, stoppedAt: clock.now() });
    delete execution.root;
    agenda.delete(`${execution.arn}#timeout`);
    scopes.get(execution.arn)?.cancel();
    scopes.delete(execution.arn);
    journal.append({ execution });
  };

  /** Runs an execution from where it stands; never rejects. */
  const carryOn = async (execution: Execution): Promise<void> => {
    const scope = new Scope();
    scopes.set(execution.arn, scope);
    startWork();
    try {
      const machine = machineOf(execution.definition);
      const { roleArn } = definitions.get(execution.definition)!;
      const world = worldOf(execution, roleArn);
      if (machine.timeoutSeconds !== null)
        agenda.set(`${execution.arn}#timeout`, execution.startedAt + 1_000 * machine.timeoutSeconds);
      const output = await run(execution, execution.root!, machine, scope, world);
      if (!scope.cancelled) end(execution, 'SUCCEEDED', { output: JSON.stringify(output) });
    } catch (error) {
      if (error instanceof Cancelled || scope.cancelled) return;
      const known = error instanceof StateError;
      const outcome = known
        ? { error: error.error, cause: error.message }
        : { error: 'States.Runtime', cause: String(error) };
      log(
        `states: ${execution.name} of ${nameOf(execution.machineArn)} failed: ${outcome.error} ${outcome.cause}`,
      );
      end(execution, 'FAILED', outcome);
    } finally {
      endWork();
    }
  };

  const worldOf = (execution: Execution, roleArn: string): World => ({
    now: () => clock.now(),
    save: () => {
      if (!stopped && execution.root) journal.append({ execution });
    },
    sleep: (until, scope) =>
      new Promise((resolve, reject) => {
        const id = `${execution.arn}#${sleeps++}`;
        const off = scope.onCancel(() => {
          if (!sleepers.delete(id)) return;
          agenda.delete(id);
          startWork();
          reject(new Cancelled());
        });
        sleepers.set(id, () => {
          off();
          startWork();
          resolve();
        });
        agenda.set(id, until);
        endWork();
        changed();
      }),
    working: startWork,
    waiting: endWork,
    mayDistribute: () => {
      const { machineArn } = execution;
      const children = `${machineArn.replace(':stateMachine:', ':execution:')}/*`;
      try {
        access.allow({ kind: 'role', roleArn }, 'states:StartExecution', machineArn);
        for (const action of ['states:DescribeExecution', 'states:StopExecution'])
          access.allow({ kind: 'role', roleArn }, action, children);
      } catch (error) {
        throw new StateError('States.Permissions', (error as Error).message);
      }
    },
    call: (functionArn, payload) => callAs(functionArn, payload, { kind: 'role', roleArn }),
    context: {
      Execution: {
        Id: execution.arn,
        Input: JSON.parse(execution.input) as unknown,
        Name: execution.name,
        RoleArn: roleArn,
        StartTime: new Date(execution.startedAt).toISOString(),
      },
      StateMachine: { Id: execution.machineArn, Name: nameOf(execution.machineArn) },
    },
  });

  const callAs = async (functionArn: string, payload: unknown, as: Principal): Promise<Invoked> => {
    try {
      return await invoke(functionArn, payload, as);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return { error: { errorType: 'Lambda.AWSLambdaException', errorMessage: message } };
    }
  };

  const begin = (machineArn: string, input: string, name: string): Execution => {
    const key = current.get(machineArn);
    if (key === undefined)
      throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${machineArn}'`);
    if (name === '' || name.length > 80 || BAD_NAME.test(name))
      throw new AwsError('InvalidName', `Invalid Name: '${name}'`);
    const value = parseInput(input);
    const arn = `${machineArn.replace(':stateMachine:', ':execution:')}:${name}`;
    const before = executions.get(arn);
    if (before && clock.now() - (before.stoppedAt ?? Infinity) <= NAME_KEPT_MS) {
      if (before.status === 'RUNNING' && before.input === input) return before;
      throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
    }
    const startedAt = clock.now();
    const root = threadAt(machineOf(key), value, startedAt);
    const execution: Execution = {
      ...{ arn, name, machineArn, definition: key, input, startedAt },
      ...{ status: 'RUNNING', events: 1, root },
    };
    executions.set(arn, execution);
    journal.append({ execution });
    void carryOn(execution);
    changed();
    return execution;
  };

  const operations = createOperations({ access, executions, begin, end });
  const endpoint = await startEndpoint('application/x-amz-json-1.0', operations);

  for (const execution of executions.values()) if (execution.root) void carryOn(execution);

  return {
    name: 'states',
    endpoint: endpoint.url,
    // Async so that a refusal rejects.
    // eslint-disable-next-line @typescript-eslint/require-await
    start: async (stateMachineArn, input, name) => {
      begin(stateMachineArn, JSON.stringify(input ?? {}), name ?? randomUUID());
    },
    nextDue: () => agenda.next(),
    runDue: (now) => {
      for (let id = agenda.take(now); id !== null; id = agenda.take(now)) {
        const wake = sleepers.get(id);
        if (wake) {
          sleepers.delete(id);
          wake();
        } else if (id.endsWith('#timeout')) {
          end(executions.get(id.slice(0, -'#timeout'.length))!, 'TIMED_OUT', {});
        }
      }
      changed();
    },
    busy: () => working > 0,
    stop: async () => {
      stopped = true;
      for (const scope of scopes.values()) scope.cancel();
      await endpoint.stop();
      journal.close();
    },
  };
};

const parseInput = (input: unknown): unknown => {
  try {
    if (typeof input === 'string' && Buffer.byteLength(input) <= MAX_INPUT) return JSON.parse(input);
  } catch {
    // Said below.
  }
  throw new AwsError('InvalidExecutionInput', `Invalid State Machine Execution Input`);
};

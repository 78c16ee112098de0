import {
  DescribeExecutionCommand,
  ListExecutionsCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { StateMachine } from 'aws-local-stepfunctions';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startStates } from '../../local/states.ts';
import { type Invoke, type Invoked, type Resource, type States } from '../../local/service.ts';
import { bench, client, functionArn, quiet, resource, START, type Bench } from './surroundings.ts';

type Json = Record<string, unknown>;

const machine = (name: string, definition: unknown): Resource =>
  resource('AWS::StepFunctions::StateMachine', name, {
    RoleArn: `arn:aws:iam::000000000000:role/${name}`,
    definition,
  });
/** A Task as CDK writes it. */
const task = (name: string, payload: Json, more: Json = {}): Json => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Parameters: { FunctionName: functionArn(name), Payload: payload },
  ResultSelector: { 'outcome.$': '$.Payload.outcome' },
  ResultPath: '$.last',
  ...more,
});
const journey = {
  StartAt: 'look',
  States: {
    look: task('look', { 'leadId.$': '$.leadId', step: 'look' }, { Next: 'goes on?' }),
    'goes on?': {
      Type: 'Choice',
      Choices: [{ Variable: '$.last.outcome', StringEquals: 'stop', Next: 'end' }],
      Default: 'pause',
    },
    pause: { Type: 'Wait', Seconds: 86_400, Next: 'send' },
    send: task('send', { 'leadId.$': '$.leadId', 'execution.$': '$$.Execution.Name' }, { Next: 'end' }),
    end: { Type: 'Succeed' },
  },
};

describe('state machines', () => {
  let place: Bench;
  let states: States;
  let sfn: SFNClient;
  let calls: { functionName: string; payload: unknown; at: number }[];
  let functions: Record<string, (payload: Json) => Invoked | Promise<Invoked>>;

  const invoke: Invoke = async (arn, payload) => {
    await Promise.resolve();
    const functionName = arn.split(':').at(-1)!;
    calls.push({ functionName, payload, at: place.clock.now() - START });
    return functions[functionName]?.(payload as Json) ?? { payload: { outcome: 'go' } };
  };
  const start = async (...resources: Resource[]): Promise<void> => {
    states = await startStates({ ...place, resources, invoke, deliver: () => Promise.resolve() });
    sfn = new SFNClient(client(states.endpoint, 'start'));
  };
  const advance = async (ms: number): Promise<void> => {
    const end = place.clock.now() + ms;
    await quiet(states);
    for (let at = states.nextDue(); at !== null && at <= end; at = states.nextDue()) {
      place.clock.set(at);
      states.runDue(at);
      await quiet(states);
    }
    place.clock.set(end);
  };
  const arn = (name: string): string => `arn:aws:states:us-east-1:000000000000:stateMachine:${name}`;
  const describeExecution = (executionArn: string) =>
    sfn.send(new DescribeExecutionCommand({ executionArn }));
  /** Runs a definition from start to end in virtual time. */
  const run = async (definition: unknown, input: unknown = {}): Promise<Json> => {
    await start(machine('m', definition));
    const { executionArn } = await sfn.send(
      new StartExecutionCommand({ stateMachineArn: arn('m'), input: JSON.stringify(input), name: 'run' }),
    );
    await advance(30 * 86_400_000);
    const { status, output, error, cause } = await describeExecution(executionArn!);
    return {
      status,
      ...(output === undefined ? {} : { output: JSON.parse(output) as unknown }),
      ...(error === undefined ? {} : { error, cause }),
    };
  };

  beforeEach(() => {
    place = bench();
    calls = [];
    functions = {};
  });
  afterEach(async () => {
    await states?.stop();
    place.remove();
  });

  test('run a journey: look, wait a day of virtual time, send', async () => {
    expect(await run(journey, { leadId: 'l1' })).toEqual({
      status: 'SUCCEEDED',
      output: { leadId: 'l1', last: { outcome: 'go' } },
    });
    expect(calls).toEqual([
      { functionName: 'look', payload: { leadId: 'l1', step: 'look' }, at: 0 },
      { functionName: 'send', payload: { leadId: 'l1', execution: 'run' }, at: 86_400_000 },
    ]);
  });

  test('are started once under one name', async () => {
    await start(machine('journey', journey));
    const begin = (input: string, name = 'change-1') =>
      sfn.send(new StartExecutionCommand({ stateMachineArn: arn('journey'), input, name }));
    const first = await begin('{"leadId":"l1"}');
    expect(first.executionArn).toBe('arn:aws:states:us-east-1:000000000000:execution:journey:change-1');
    expect(first.startDate).toEqual(new Date(START));
    const again = await begin('{"leadId":"l1"}');
    expect(again.executionArn).toBe(first.executionArn);
    await expect(begin('{"leadId":"l2"}')).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
    await advance(2 * 86_400_000);
    expect(calls.map(({ functionName }) => functionName)).toEqual(['look', 'send']);
    await expect(begin('{"leadId":"l1"}')).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
    await advance(91 * 86_400_000);
    await begin('{"leadId":"l1"}');
  });

  test('refuse bad names, bad input and unknown machines by their AWS names', async () => {
    await start(machine('journey', journey));
    const begin = (more: object) =>
      sfn.send(new StartExecutionCommand({ stateMachineArn: arn('journey'), ...more }));
    await expect(begin({ name: 'a b' })).rejects.toMatchObject({ name: 'InvalidName' });
    await expect(begin({ name: 'x'.repeat(81) })).rejects.toMatchObject({ name: 'InvalidName' });
    await expect(begin({ input: '{' })).rejects.toMatchObject({ name: 'InvalidExecutionInput' });
    await expect(begin({ stateMachineArn: arn('none') })).rejects.toMatchObject({
      name: 'StateMachineDoesNotExist',
    });
    await expect(describeExecution('arn:none')).rejects.toMatchObject({ name: 'ExecutionDoesNotExist' });
    place.access.denied.add('states:StartExecution');
    await expect(begin({})).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  test('are listed and stopped', async () => {
    await start(machine('journey', journey));
    for (const name of ['a', 'b', 'c'])
      await sfn.send(
        new StartExecutionCommand({ stateMachineArn: arn('journey'), input: '{"leadId":"l"}', name }),
      );
    await quiet(states);
    const executionArn = 'arn:aws:states:us-east-1:000000000000:execution:journey:b';
    await sfn.send(new StopExecutionCommand({ executionArn, error: 'Unsubscribed' }));
    expect(await describeExecution(executionArn)).toMatchObject({ status: 'ABORTED', error: 'Unsubscribed' });
    await advance(2 * 86_400_000);
    expect(calls.filter(({ functionName }) => functionName === 'send')).toHaveLength(2);
    const listed = await sfn.send(
      new ListExecutionsCommand({ stateMachineArn: arn('journey'), statusFilter: 'SUCCEEDED' }),
    );
    expect(listed.executions!.map(({ name }) => name).sort()).toEqual(['a', 'c']);
  });

  test('go on after a kill where they stood; a task that was under way runs again', async () => {
    await start(machine('journey', journey));
    await states.start(arn('journey'), { leadId: 'waits' }, 'waits');
    await quiet(states);
    functions['look'] = () => new Promise(() => {});
    await states.start(arn('journey'), { leadId: 'cut' }, 'cut');
    await new Promise((resolve) => setTimeout(resolve, 10));
    const killed = states;
    functions = {};
    calls = [];
    // Deployed anew meanwhile: what runs keeps the definition that it began with.
    await start(machine('journey', { ...journey, States: { ...journey.States, pause: { Type: 'Fail' } } }));
    await advance(2 * 86_400_000);
    expect(
      calls.map(({ functionName, payload, at }) => [functionName, (payload as Json)['leadId'], at]),
    ).toEqual([
      ['look', 'cut', 0],
      ['send', 'waits', 86_400_000],
      ['send', 'cut', 86_400_000],
    ]);
    await states.start(arn('journey'), { leadId: 'new' }, 'new');
    await quiet(states);
    expect(
      await describeExecution('arn:aws:states:us-east-1:000000000000:execution:journey:new'),
    ).toMatchObject({
      status: 'FAILED',
    });
    await killed.stop();
  });

  test('branches that had ended before a kill do not run again', async () => {
    const definition = {
      StartAt: 'both',
      States: {
        both: {
          Type: 'Parallel',
          Branches: [
            { StartAt: 'quick', States: { quick: task('quick', {}, { End: true }) } },
            { StartAt: 'slow', States: { slow: task('slow', {}, { End: true }) } },
          ],
          End: true,
        },
      },
    };
    functions['slow'] = () => new Promise(() => {});
    await start(machine('m', definition));
    await states.start(arn('m'), { x: 1 }, 'run');
    await new Promise((resolve) => setTimeout(resolve, 20));
    const killed = states;
    functions = {};
    calls = [];
    await start(machine('m', definition));
    await quiet(states);
    expect(calls.map(({ functionName }) => functionName)).toEqual(['slow']);
    const { output } = await describeExecution('arn:aws:states:us-east-1:000000000000:execution:m:run');
    expect(JSON.parse(output!)).toEqual([
      { x: 1, last: { outcome: 'go' } },
      { x: 1, last: { outcome: 'go' } },
    ]);
    await killed.stop();
  });

  test('try again with growing pauses, then catch', async () => {
    functions['send'] = () => ({ error: { errorType: 'Upstream', errorMessage: 'SES is away' } });
    const failing = {
      StartAt: 'send',
      States: {
        send: task(
          'send',
          {},
          {
            Retry: [
              { ErrorEquals: ['Other'], MaxAttempts: 9 },
              { ErrorEquals: ['States.TaskFailed'], IntervalSeconds: 2, BackoffRate: 3, MaxAttempts: 2 },
            ],
            Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'done' }],
            End: true,
          },
        ),
        done: { Type: 'Pass', End: true },
      },
    };
    const { status, output } = await run(failing, { leadId: 'l1' });
    expect(status).toBe('SUCCEEDED');
    expect(output).toMatchObject({ leadId: 'l1', error: { Error: 'Upstream' } });
    expect(calls.map(({ at }) => at)).toEqual([0, 2_000, 8_000]);
  });

  test('fail with the error that nothing caught', async () => {
    functions['send'] = () => ({ error: { errorType: 'Upstream', errorMessage: 'away' } });
    const { status, error, cause } = await run({
      StartAt: 'send',
      States: { send: task('send', {}, { End: true }) },
    });
    expect([status, error]).toEqual(['FAILED', 'Upstream']);
    expect(JSON.parse(cause as string)).toEqual({ errorType: 'Upstream', errorMessage: 'away' });
    expect(place.lines.join()).toContain('Upstream');
  });

  test('end at 25,000 entries of history, as in AWS', async () => {
    const { status, error } = await run({
      StartAt: 'a',
      States: { a: { Type: 'Pass', Next: 'b' }, b: { Type: 'Pass', Next: 'a' } },
    });
    expect([status, error]).toEqual(['FAILED', 'States.Runtime']);
  });

  test('time out', async () => {
    expect(
      await run({
        TimeoutSeconds: 60,
        StartAt: 'w',
        States: { w: { Type: 'Wait', Seconds: 90, End: true } },
      }),
    ).toEqual({ status: 'TIMED_OUT' });
  });

  test('a thousand wait side by side, and none ends before its time', async () => {
    await start(machine('journey', journey));
    for (let at = 0; at < 1_000; at++) await states.start(arn('journey'), { leadId: `l${at}` });
    await quiet(states);
    const before = calls.length;
    states.runDue(states.nextDue()! - 1);
    await quiet(states);
    expect(calls).toHaveLength(before);
    await advance(86_400_000);
    expect(calls).toHaveLength(2_000);
  });

  const one = (state: Json) => ({ StartAt: 's', States: { s: { End: true, ...state } } });
  test.each<[string, unknown, RegExp]>([
    ['a state type', one({ Type: 'Dance' }), /s: there is no state type Dance/],
    ['a field', one({ Type: 'Pass', Assign: {} }), /s: the field Assign is not supported/],
    ['JSONata', one({ Type: 'Pass', QueryLanguage: 'JSONata' }), /only JSONPath/],
    ['States.UUID', one({ Type: 'Pass', Parameters: { 'id.$': 'States.UUID()' } }), /no intrinsic function/],
    [
      'an unknown function',
      one({ Type: 'Pass', Parameters: { 'id.$': 'States.Nope($.a)' } }),
      /no intrinsic/,
    ],
    ['a filter', one({ Type: 'Pass', InputPath: '$.a[?(@.b)]' }), /no path that is supported/],
    ['recursive descent', one({ Type: 'Pass', InputPath: '$..a' }), /no path that is supported/],
    ['a missing next state', { StartAt: 's', States: { s: { Type: 'Pass', Next: 'x' } } }, /no state "x"/],
    ['neither Next nor End', { StartAt: 's', States: { s: { Type: 'Pass' } } }, /either Next or End/],
    [
      'a task token',
      one({ Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken' }),
      /resource/,
    ],
    ['another service', one({ Type: 'Task', Resource: 'arn:aws:states:::sns:publish' }), /sns:publish/],
    [
      'an operator',
      {
        StartAt: 's',
        States: { s: { Type: 'Choice', Choices: [{ Variable: '$.a', StringIs: 'x', Next: 's' }] } },
      },
      /StringIs/,
    ],
    [
      'an operand of another type',
      {
        StartAt: 's',
        States: { s: { Type: 'Choice', Choices: [{ Variable: '$.a', NumericEquals: '1', Next: 's' }] } },
      },
      /another type/,
    ],
    [
      'distributed maps',
      one({
        Type: 'Map',
        ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED' }, StartAt: 'x', States: {} },
      }),
      /inline/,
    ],
  ])('refuse %s when they are deployed', async (_name, definition, message) => {
    await expect(start(machine('m', definition))).rejects.toThrow(message);
    await start();
  });

  const TASK = 'arn:aws:lambda:us-east-1:000000000000:function:double';
  const choose = (...rules: Json[]) => ({
    StartAt: 'c',
    States: {
      c: {
        Type: 'Choice',
        Choices: rules.map((rule, at) => ({ ...rule, Next: String(at) })),
        Default: 'none',
      },
      none: { Type: 'Pass', Result: 'none', End: true },
      ...Object.fromEntries(
        rules.map((_, at) => [String(at), { Type: 'Pass', Result: `rule ${at}`, End: true }]),
      ),
    },
  });
  test.each<[string, unknown, unknown]>([
    [
      'Pass with parameters',
      one({ Type: 'Pass', Parameters: { 'a.$': '$.x.y', b: [1, { 'c.$': '$.l[1]' }] } }),
      { x: { y: 2 }, l: [3, 4] },
    ],
    [
      'Pass with a result in a place',
      one({ Type: 'Pass', Result: { r: 1 }, ResultPath: '$.a.b' }),
      { a: { c: 1 } },
    ],
    ['paths in and out', one({ Type: 'Pass', InputPath: '$.a', OutputPath: '$.b' }), { a: { b: [1, 2] } }],
    ['InputPath null', one({ Type: 'Pass', InputPath: null }), { a: 1 }],
    ['ResultPath null', one({ Type: 'Pass', Result: 1, ResultPath: null }), { a: 1 }],
    [
      'a wildcard',
      one({ Type: 'Pass', Parameters: { 'ids.$': '$.l[*].id' } }),
      { l: [{ id: 1 }, { id: 2 }, {}] },
    ],
    ['bracket names', one({ Type: 'Pass', Parameters: { 'a.$': "$['x y'].z" } }), { 'x y': { z: 1 } }],
    [
      'Format',
      one({ Type: 'Pass', Parameters: { 'a.$': "States.Format('{}-{} \\{ {}', $.a, 2, $.b)" } }),
      { a: 'x', b: null },
    ],
    [
      'arithmetic and lists',
      one({
        Type: 'Pass',
        Parameters: {
          'sum.$': 'States.MathAdd($.n, -1)',
          'list.$': "States.Array($.n, 'two', null, true)",
          'length.$': 'States.ArrayLength($.l)',
          'has.$': "States.ArrayContains($.l, 'a')",
          'item.$': 'States.ArrayGetItem($.l, 1)',
        },
      }),
      { n: 5, l: ['a', 'b'] },
    ],
    [
      'JSON and text',
      one({
        Type: 'Pass',
        Parameters: {
          'json.$': 'States.StringToJson($.text)',
          'text.$': 'States.JsonToString($.value)',
          'parts.$': "States.StringSplit($.csv, ',')",
          'merged.$': 'States.JsonMerge($.value, $.other, false)',
        },
      }),
      { text: '{"a":[1]}', value: { b: 1 }, other: { c: 2 }, csv: 'a,b,c' },
    ],
    [
      'nested functions',
      one({
        Type: 'Pass',
        Parameters: { 'a.$': "States.Format('{}', States.MathAdd(States.ArrayLength($.l), 1))" },
      }),
      { l: [1, 2] },
    ],
    [
      'strings chosen',
      choose({ Variable: '$.s', StringGreaterThan: 'm' }, { Variable: '$.s', StringMatches: 'a*c*' }),
      { s: 'abcd' },
    ],
    [
      'numbers chosen',
      choose({
        And: [
          { Variable: '$.n', NumericGreaterThan: 1 },
          { Not: { Variable: '$.n', NumericGreaterThanEquals: 5 } },
        ],
      }),
      { n: 4.5 },
    ],
    [
      'times chosen',
      choose({ Variable: '$.t', TimestampLessThan: '2026-01-01T00:00:00Z' }),
      { t: '2025-12-31T23:59:59+00:00' },
    ],
    [
      'presence chosen',
      choose({ Variable: '$.a.b', IsPresent: true }, { Variable: '$.a', IsNull: true }),
      { a: null },
    ],
    [
      'kinds chosen',
      choose({ Variable: '$.a', IsString: true }, { Variable: '$.a', IsBoolean: true }),
      { a: false },
    ],
    ['a path compared', choose({ Variable: '$.a', NumericLessThanPath: '$.b' }), { a: 1, b: 2 }],
    [
      'one or the other',
      choose({
        Or: [
          { Variable: '$.a', BooleanEquals: true },
          { Variable: '$.b', StringEquals: 'x' },
        ],
      }),
      { a: false, b: 'x' },
    ],
    ['nothing chosen', choose({ Variable: '$.a', StringEquals: 'x' }), { a: 'y' }],
    [
      'a function by its ARN',
      one({
        Type: 'Task',
        Resource: TASK,
        InputPath: '$.n',
        ResultSelector: { 'v.$': '$.value' },
        ResultPath: '$.r',
      }),
      { n: { value: 4 } },
    ],
    [
      'Succeed in the middle',
      { StartAt: 's', States: { s: { Type: 'Succeed', InputPath: '$.a' } } },
      { a: 1 },
    ],
    [
      'Parallel',
      one({
        Type: 'Parallel',
        Branches: [
          { StartAt: 'a', States: { a: { Type: 'Task', Resource: TASK, End: true } } },
          { StartAt: 'b', States: { b: { Type: 'Pass', Result: 'b', End: true } } },
        ],
        ResultPath: '$.both',
      }),
      { value: 3 },
    ],
    [
      'Parallel that catches',
      {
        StartAt: 'p',
        States: {
          p: {
            Type: 'Parallel',
            Branches: [{ StartAt: 'a', States: { a: { Type: 'Fail', Error: 'Bad', Cause: 'why' } } }],
            Catch: [{ ErrorEquals: ['Bad'], Next: 'c', ResultPath: '$.e' }],
            End: true,
          },
          c: { Type: 'Pass', End: true },
        },
      },
      { value: 3 },
    ],
    [
      'Map',
      one({
        Type: 'Map',
        ItemsPath: '$.l',
        MaxConcurrency: 2,
        ItemSelector: { 'value.$': '$$.Map.Item.Value', 'at.$': '$$.Map.Item.Index', 'all.$': '$.l' },
        ItemProcessor: {
          StartAt: 'a',
          States: { a: { Type: 'Task', Resource: TASK, ResultPath: '$.r', End: true } },
        },
        ResultPath: '$.out',
      }),
      { l: [1, 2, 3] },
    ],
    [
      'Map of nothing',
      one({
        Type: 'Map',
        ItemsPath: '$.l',
        ItemProcessor: { StartAt: 'a', States: { a: { Type: 'Pass', End: true } } },
      }),
      { l: [] },
    ],
  ])('%s as another interpreter does', async (_name, definition, input) => {
    functions['double'] = (payload) => ({ payload: { value: 2 * Number(payload['value']) } });
    const other = new StateMachine(definition as never, {
      validationOptions: { checkArn: false, noValidate: true },
    });
    const second = other.run(input as never, {
      overrides: {
        taskResourceLocalHandlers: Object.fromEntries(
          ['s', 'a'].map((name) => [
            name,
            (payload: unknown) => Promise.resolve({ value: 2 * (payload as { value: number }).value }),
          ]),
        ),
      },
    });
    const mine = await run(definition, input);
    expect(mine).toEqual({ status: 'SUCCEEDED', output: await second.result });
  });

  test('give the context to paths', async () => {
    const { output } = await run(
      one({
        Type: 'Pass',
        Parameters: {
          'id.$': '$$.Execution.Id',
          'name.$': '$$.Execution.Name',
          'input.$': '$$.Execution.Input.leadId',
          'started.$': '$$.Execution.StartTime',
          'state.$': '$$.State.Name',
          'entered.$': '$$.State.EnteredTime',
          'machine.$': '$$.StateMachine.Name',
        },
      }),
      { leadId: 'l1' },
    );
    expect(output).toEqual({
      id: 'arn:aws:states:us-east-1:000000000000:execution:m:run',
      name: 'run',
      input: 'l1',
      started: '2026-01-05T12:00:00.000Z',
      state: 's',
      entered: '2026-01-05T12:00:00.000Z',
      machine: 'm',
    });
  });

  test.each<[string, Json, Json, number]>([
    ['Seconds', { Seconds: 90 }, {}, 90_000],
    ['SecondsPath', { SecondsPath: '$.s' }, { s: 5 }, 5_000],
    ['Timestamp', { Timestamp: '2026-01-05T13:00:00Z' }, {}, 3_600_000],
    ['TimestampPath', { TimestampPath: '$.t' }, { t: '2026-01-06T12:00:00Z' }, 86_400_000],
    ['a timestamp that is over', { Timestamp: '2020-01-01T00:00:00Z' }, {}, 0],
  ])('wait by %s', async (_name, wait, input, ms) => {
    await run(
      {
        StartAt: 'w',
        States: { w: { Type: 'Wait', ...wait, Next: 't' }, t: task('after', {}, { End: true }) },
      },
      input,
    );
    expect(calls.map(({ at }) => at)).toEqual([ms]);
  });

  test.each<[string, unknown, string, string]>([
    [
      'a missing parameter',
      one({ Type: 'Pass', Parameters: { 'a.$': '$.no' } }),
      'States.ParameterPathFailure',
      '$.no',
    ],
    ['a missing input', one({ Type: 'Pass', InputPath: '$.no' }), 'States.Runtime', '$.no'],
    [
      'a function that cannot',
      one({ Type: 'Pass', Parameters: { 'a.$': "States.Format('{}', $)" } }),
      'States.IntrinsicFailure',
      'Format',
    ],
    [
      'no choice',
      {
        StartAt: 'c',
        States: { c: { Type: 'Choice', Choices: [{ Variable: '$.why', StringEquals: 'x', Next: 'c' }] } },
      },
      'States.NoChoiceMatched',
      'c',
    ],
    [
      'Fail',
      { StartAt: 'f', States: { f: { Type: 'Fail', Error: 'Mine', CausePath: '$.why' } } },
      'Mine',
      'so',
    ],
  ])('end with their error at %s', async (_name, definition, error, cause) => {
    expect(await run(definition, { why: 'so' })).toEqual({
      status: 'FAILED',
      error,
      cause: expect.stringContaining(cause) as string,
    });
  });
});

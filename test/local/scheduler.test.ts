import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { compileExpression } from '../../local/scheduler/expression.ts';
import { startScheduler } from '../../local/scheduler.ts';
import { type Deliver, type Resource, type Scheduler } from '../../local/service.ts';
import { bench, functionArn, quiet, resource, START, type Bench } from './surroundings.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const schedule = (name: string, expression: string, target: Record<string, unknown> = {}): Resource =>
  resource('AWS::Scheduler::Schedule', name, {
    ScheduleExpression: expression,
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: { Arn: functionArn(name), RoleArn: 'arn:aws:iam::000000000000:role/tick', ...target },
  });

describe('the scheduler', () => {
  let place: Bench;
  let scheduler: Scheduler;
  let ran: { at: number; target: string; input: unknown }[];
  let deliver: Deliver;
  const start = async (...resources: Resource[]): Promise<void> => {
    scheduler = await startScheduler({ ...place, resources, deliver: (...call) => deliver(...call) });
  };
  /** As the runtime goes through virtual time: from one due instant to the next. */
  const advance = async (ms: number): Promise<void> => {
    const end = place.clock.now() + ms;
    for (let at = scheduler.nextDue(); at !== null && at <= end; at = scheduler.nextDue()) {
      place.clock.set(Math.max(at, place.clock.now()));
      scheduler.runDue(place.clock.now());
      await quiet(scheduler);
    }
    place.clock.set(end);
  };
  beforeEach(() => {
    place = bench();
    ran = [];
    deliver = async (target, input) => {
      await Promise.resolve();
      ran.push({ at: place.clock.now(), target, input });
    };
  });
  afterEach(async () => {
    await scheduler.stop();
    place.remove();
  });

  test('runs every tick of virtual time, in order, at its instant', async () => {
    await start(schedule('degrade', 'rate(15 minutes)'), schedule('daily', 'cron(0 13 * * ? *)'));
    await advance(2 * HOUR);
    expect(ran.map(({ at, target }) => [(at - START) / MINUTE, target.split(':').at(-1)])).toEqual([
      ...[
        [15, 'degrade'],
        [30, 'degrade'],
        [45, 'degrade'],
        [60, 'daily'],
        [60, 'degrade'],
      ],
      ...[
        [75, 'degrade'],
        [90, 'degrade'],
        [105, 'degrade'],
        [120, 'degrade'],
      ],
    ]);
  });

  test('makes up once for what was missed while nothing ran, then keeps to its grid', async () => {
    await start(schedule('degrade', 'rate(15 minutes)'));
    await advance(30 * MINUTE);
    await scheduler.stop();
    ran = [];
    place.clock.set(START + 3 * DAY + 5 * MINUTE);
    await start(schedule('degrade', 'rate(15 minutes)'));
    await advance(15 * MINUTE);
    expect(ran.map(({ at }) => (at - START - 3 * DAY) / MINUTE)).toEqual([5, 15]);
  });

  test('a run that a kill cut short starts again; one that ended does not', async () => {
    await start(schedule('degrade', 'rate(15 minutes)'));
    await advance(15 * MINUTE);
    deliver = () => new Promise(() => {});
    place.clock.set(START + 30 * MINUTE);
    scheduler.runDue(place.clock.now());
    ran = [];
    deliver = async (target, input) => {
      await Promise.resolve();
      ran.push({ at: place.clock.now(), target, input });
    };
    const killed = scheduler;
    await start(schedule('degrade', 'rate(15 minutes)'));
    await quiet(scheduler);
    expect(ran).toHaveLength(1);
    await killed.stop();
  });

  test('fills in the input', async () => {
    await start(
      schedule('degrade', 'rate(1 hour)', {
        Input: '{"at":"<aws.scheduler.scheduled-time>","try":<aws.scheduler.attempt-number>}',
      }),
      schedule('plain', 'rate(1 hour)'),
    );
    await advance(HOUR);
    expect(ran[0]!.input).toEqual({ at: '2026-01-05T13:00:00Z', try: 1 });
    expect(ran[1]!.input).toMatchObject({ source: 'aws.scheduler', 'detail-type': 'Scheduled Event' });
  });

  test('tries a failed run again as often as the template says, then tells the dead letters', async () => {
    const tried: string[] = [];
    deliver = async (target) => {
      await Promise.resolve();
      tried.push(target.split(':')[2]!);
      if (target.includes('lambda')) throw new Error('broken');
    };
    await start(
      schedule('degrade', 'rate(1 day)', {
        RetryPolicy: { MaximumRetryAttempts: 2 },
        DeadLetterConfig: { Arn: 'arn:aws:sqs:us-east-1:000000000000:dead' },
      }),
    );
    await advance(DAY + HOUR);
    expect(tried).toEqual(['lambda', 'lambda', 'lambda', 'sqs']);
  });

  test('sixty days of quarter hours are 5,760 ticks, each delivered', async () => {
    let delivered = 0;
    deliver = () => Promise.resolve(void delivered++);
    await start(schedule('degrade', 'rate(15 minutes)'));
    let ticks = 0;
    for (let at = scheduler.nextDue()!; at <= START + 60 * DAY; at = scheduler.nextDue()!, ticks++) {
      place.clock.set(at);
      scheduler.runDue(at);
      await Promise.resolve();
    }
    expect([ticks, delivered]).toEqual([5_760, 5_760]);
  });

  test('refuses what it cannot do', async () => {
    await expect(start(schedule('bad', 'every day'))).rejects.toThrow('bad: every day is no schedule');
    await expect(start(schedule('bad', 'rate(1 day)', { EcsParameters: {} }))).rejects.toThrow(
      /EcsParameters/,
    );
    await expect(
      start(schedule('bad', 'rate(1 day)', { Arn: 'arn:aws:scheduler:::aws-sdk:sns:publish' })),
    ).rejects.toThrow(/target/);
    await start();
  });
});

describe('a schedule expression', () => {
  test.each<[string, string, string[]]>([
    ['cron(0 9 ? * MON-FRI *)', 'UTC', ['2026-01-06T09:00', '2026-01-07T09:00']],
    ['cron(30/15 12 * * ? *)', 'UTC', ['2026-01-05T12:30', '2026-01-05T12:45', '2026-01-06T12:30']],
    ['cron(0 0 1 JAN,JUL ? *)', 'UTC', ['2026-07-01T00:00', '2027-01-01T00:00']],
    ['cron(0 0 L * ? *)', 'UTC', ['2026-01-31T00:00', '2026-02-28T00:00']],
    ['cron(0 0 29 2 ? *)', 'UTC', ['2028-02-29T00:00']],
    // The clocks go forward on 29 March: 08:00 in Berlin is 07:00 UTC before and 06:00 after.
    ['cron(0 8 28-30 3 ? *)', 'Europe/Berlin', ['2026-03-28T07:00', '2026-03-29T06:00', '2026-03-30T06:00']],
    ['at(2026-02-01T10:00:00)', 'America/New_York', ['2026-02-01T15:00']],
    ['rate(2 hours)', 'UTC', ['2026-01-05T14:00', '2026-01-05T16:00']],
  ])('%s in %s', (expression, zone, expected) => {
    const next = compileExpression(expression, zone);
    let at = START;
    const found = expected.map(() => {
      at = next(at, START)!;
      return new Date(at).toISOString().slice(0, 16);
    });
    expect(found).toEqual(expected);
  });

  test('that is over has no next', () => {
    expect(compileExpression('at(2020-01-01T00:00:00)')(START, START)).toBeNull();
    expect(compileExpression('cron(0 0 1 1 ? 2020)')(START, START)).toBeNull();
  });

  test.each([
    'rate(0 days)',
    'rate(1 week)',
    'cron(0 9 * * *)',
    'cron(0 9 * * * *)',
    'cron(61 9 * * ? *)',
    'cron(0 9 ? * 2#1 *)',
  ])('%s is refused', (expression) => expect(() => compileExpression(expression)).toThrow(expression));
});

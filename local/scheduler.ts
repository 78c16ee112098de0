import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Agenda } from './agenda.ts';
import { openJournal } from './journal.ts';
import { compileExpression, type NextRun } from './scheduler/expression.ts';
import { AwsError, type Principal, type Resource, type StartScheduler } from './service.ts';

interface Schedule {
  readonly name: string;
  readonly arn: string;
  readonly next: NextRun;
  readonly targetArn: string;
  readonly principal: Principal;
  readonly input: string | null;
  readonly maxAttempts: number;
  readonly maxAgeMs: number;
  readonly deadLetter?: string;
}

/** One run of a schedule that has not come to its end. */
interface Run {
  readonly id: string;
  readonly schedule: string;
  /** When it was due, ms. */
  readonly at: number;
  readonly attempt: number;
}

type ScheduleRecord =
  | { readonly since: number; readonly schedule: string }
  | { readonly run: Run }
  | { readonly done: string }
  | { readonly schedule: string; readonly last: number; readonly live: true };

const FIELDS = new Set([
  'Name',
  'Description',
  'GroupName',
  'ScheduleExpression',
  'ScheduleExpressionTimezone',
  'FlexibleTimeWindow',
  'State',
  'Target',
]);
const TARGET_FIELDS = new Set(['Arn', 'RoleArn', 'Input', 'RetryPolicy', 'DeadLetterConfig']);

/**
 * EventBridge Scheduler. A schedule that was missed while nothing ran is made up for once, however often it was
 * missed; in virtual time every tick runs, in order. A run that a kill cut short starts again.
 */
export const startScheduler: StartScheduler = async ({ dir, clock, changed, log, resources, deliver }) => {
  await Promise.resolve();
  const schedules = new Map<string, Schedule>();
  for (const resource of resources) {
    if (resource.type === 'AWS::Scheduler::ScheduleGroup') continue;
    if (resource.type !== 'AWS::Scheduler::Schedule')
      throw new Error(`${resource.logicalId}: the scheduler knows no ${resource.type}`);
    if (resource.properties['State'] === 'DISABLED') continue;
    const schedule = compileSchedule(resource);
    schedules.set(schedule.name, schedule);
  }

  const since = new Map<string, number>();
  const last = new Map<string, number>();
  const runs = new Map<string, Run>();
  const journal = openJournal<ScheduleRecord>(
    join(dir, 'runs.ndjson'),
    (record) => {
      if ('run' in record) {
        runs.set(record.run.id, record.run);
        last.set(record.run.schedule, record.run.at);
      } else if ('since' in record) since.set(record.schedule, record.since);
      else if ('live' in record) last.set(record.schedule, record.last);
      else runs.delete(record.done);
    },
    function* () {
      for (const [schedule, at] of since) yield { schedule, since: at };
      for (const [schedule, at] of last) yield { schedule, last: at, live: true } as const;
      for (const run of runs.values()) yield { run };
    },
    100_000,
  );

  /** Schedules by name, and runs to be tried again by id. */
  const agenda = new Agenda();
  const underWay = new Set<string>();
  let stopped = false;

  for (const { name, next } of schedules.values()) {
    if (!since.has(name)) {
      since.set(name, clock.now());
      journal.append({ schedule: name, since: clock.now() });
    }
    const due = next(last.get(name) ?? since.get(name)!, since.get(name)!);
    if (due !== null) agenda.set(name, due);
  }

  const attempt = async (run: Run): Promise<void> => {
    const schedule = schedules.get(run.schedule);
    if (!schedule) return settle(run);
    underWay.add(run.id);
    try {
      await deliver(schedule.targetArn, inputOf(schedule, run), schedule.principal);
      if (!stopped) settle(run);
    } catch (error) {
      if (!stopped) await failed(schedule, run, error);
    } finally {
      underWay.delete(run.id);
      changed();
    }
  };

  const settle = (run: Run): void => {
    runs.delete(run.id);
    journal.append({ done: run.id });
  };

  const failed = async (schedule: Schedule, run: Run, error: unknown): Promise<void> => {
    const message = error instanceof Error ? error.message : String(error);
    const again: Run = { ...run, attempt: run.attempt + 1 };
    const at = clock.now() + Math.min(1_000 * 2 ** run.attempt, 300_000);
    const final = error instanceof AwsError && error.code === 'AccessDeniedException';
    if (!final && again.attempt <= schedule.maxAttempts + 1 && at - run.at <= schedule.maxAgeMs) {
      runs.set(run.id, again);
      journal.append({ run: again });
      agenda.set(run.id, at);
      return;
    }
    log(`scheduler: ${schedule.name} failed: ${message}`);
    if (schedule.deadLetter !== undefined)
      await deliver(schedule.deadLetter, inputOf(schedule, run), schedule.principal, {
        attributes: { ERROR_MESSAGE: message, SCHEDULE_ARN: schedule.arn, TARGET_ARN: schedule.targetArn },
      }).catch((lost: unknown) => log(`scheduler: a run is lost: ${String(lost)}`));
    settle(run);
  };

  const tick = (schedule: Schedule, now: number): void => {
    const { name, next } = schedule;
    // Due ticks before `now` that never ran are made up for by this one.
    const run: Run = { id: randomUUID(), schedule: name, at: now, attempt: 1 };
    runs.set(run.id, run);
    last.set(name, now);
    journal.append({ run });
    const due = next(now, since.get(name)!);
    if (due !== null) agenda.set(name, due);
    void attempt(run);
  };

  const runDue = (now: number): void => {
    for (let id = agenda.take(now); id !== null; id = agenda.take(now)) {
      const schedule = schedules.get(id);
      const run = runs.get(id);
      if (schedule) tick(schedule, now);
      else if (run) void attempt(run);
    }
    changed();
  };

  for (const run of runs.values()) void attempt(run);

  return {
    name: 'scheduler',
    nextDue: () => agenda.next(),
    runDue,
    busy: () => underWay.size > 0,
    // Async because a Service's is.
    // eslint-disable-next-line @typescript-eslint/require-await
    stop: async () => {
      stopped = true;
      journal.close();
    },
  };
};

interface TargetProperties {
  readonly Arn: string;
  readonly RoleArn: string;
  readonly Input?: string;
  readonly RetryPolicy?: {
    readonly MaximumRetryAttempts?: number;
    readonly MaximumEventAgeInSeconds?: number;
  };
  readonly DeadLetterConfig?: { readonly Arn?: string };
}

const compileSchedule = ({ logicalId, name, arn, properties }: Resource): Schedule => {
  const target = properties['Target'] as TargetProperties;
  for (const field of Object.keys(properties)) if (!FIELDS.has(field)) throw unsupported(logicalId, field);
  for (const field of Object.keys(target))
    if (!TARGET_FIELDS.has(field)) throw unsupported(logicalId, `Target.${field}`);
  if (!/^arn:[^:]+:(lambda|sqs|states|events):[^:]+:\d+:/.test(target.Arn))
    throw unsupported(logicalId, `the target ${target.Arn}`);
  const deadLetter = target.DeadLetterConfig?.Arn;
  let next: NextRun;
  try {
    next = compileExpression(
      String(properties['ScheduleExpression']),
      (properties['ScheduleExpressionTimezone'] as string | undefined) ?? 'UTC',
    );
  } catch (cause) {
    throw new Error(`${logicalId}: ${(cause as Error).message}`, { cause });
  }
  return {
    name,
    arn,
    next,
    targetArn: target.Arn,
    principal: { kind: 'role', roleArn: target.RoleArn },
    input: target.Input ?? null,
    maxAttempts: target.RetryPolicy?.MaximumRetryAttempts ?? 185,
    maxAgeMs: 1_000 * (target.RetryPolicy?.MaximumEventAgeInSeconds ?? 86_400),
    ...(deadLetter === undefined ? {} : { deadLetter }),
  };
};

const unsupported = (logicalId: string, what: string): Error =>
  new Error(`${logicalId}: ${what} is not supported locally`);

/** What the target gets: the schedule's own input with its context attributes, or the default event. */
const inputOf = ({ arn, input }: Schedule, { id, at, attempt }: Run): unknown => {
  const time = new Date(at).toISOString().replace(/\.\d{3}Z$/, 'Z');
  if (input === null)
    return {
      version: '0',
      id,
      'detail-type': 'Scheduled Event',
      source: 'aws.scheduler',
      account: '000000000000',
      time,
      region: 'us-east-1',
      resources: [arn],
      detail: '{}',
    };
  const text = input
    .replaceAll('<aws.scheduler.schedule-arn>', arn)
    .replaceAll('<aws.scheduler.scheduled-time>', time)
    .replaceAll('<aws.scheduler.execution-id>', id)
    .replaceAll('<aws.scheduler.attempt-number>', String(attempt));
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

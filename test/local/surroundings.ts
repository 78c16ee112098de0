import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AwsError,
  type Access,
  type Clock,
  type Principal,
  type Resource,
  type Surroundings,
} from '../../local/service.ts';

/** A clock that stands still until it is set. */
export const standingClock = (at: number): Clock => {
  let now = at;
  return {
    now: () => now,
    virtual: true,
    set: (next) => {
      now = next;
    },
    goReal: () => {
      throw new Error('this clock stays virtual');
    },
  };
};

/** Notes who did what; refuses the actions in `denied`. */
export const recordingAccess = (): Access & {
  readonly seen: { principal: Principal; action: string; resource: string }[];
  readonly denied: Set<string>;
} => {
  const seen: { principal: Principal; action: string; resource: string }[] = [];
  const denied = new Set<string>();
  return {
    seen,
    denied,
    identify: (headers) => {
      const key = /Credential=([^/]+)/.exec(String(headers.authorization))?.[1];
      if (key === undefined) throw new AwsError('MissingAuthenticationTokenException', 'unsigned', 403);
      return { kind: 'function', name: key, roleArn: `arn:aws:iam::000000000000:role/${key}` };
    },
    allow: (principal, action, resource) => {
      seen.push({ principal, action, resource });
      if (denied.has(action)) throw new AwsError('AccessDeniedException', `${action} is denied`);
    },
  };
};

export const START = Date.UTC(2026, 0, 5, 12);

export interface Bench extends Surroundings {
  readonly access: ReturnType<typeof recordingAccess>;
  readonly lines: string[];
  remove(): void;
}

/** A folder, a clock and access rights for one service. */
export const bench = (): Bench => {
  const dir = mkdtempSync(join(tmpdir(), 'kindling-'));
  const lines: string[] = [];
  return {
    dir,
    clock: standingClock(START),
    access: recordingAccess(),
    changed: () => {},
    log: (line) => lines.push(line),
    lines,
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
};

/** @example resource('AWS::SQS::Queue', 'events', { VisibilityTimeout: 60 }) */
export const resource = (type: string, name: string, properties: Record<string, unknown> = {}): Resource => {
  const [, service = '', kind = ''] = type.split('::');
  const arn = ARNS[`${service}::${kind}`]?.(name) ?? '';
  return {
    logicalId: name,
    type,
    name,
    arn,
    ref: kind === 'Queue' ? `http://sqs.us-east-1.localhost/000000000000/${name}` : arn,
    properties,
  };
};

const ARNS: Readonly<Record<string, (name: string) => string>> = {
  'SQS::Queue': (name) => `arn:aws:sqs:us-east-1:000000000000:${name}`,
  'Events::EventBus': (name) => `arn:aws:events:us-east-1:000000000000:event-bus/${name}`,
  'Events::Rule': (name) => `arn:aws:events:us-east-1:000000000000:rule/${name}`,
  'StepFunctions::StateMachine': (name) => `arn:aws:states:us-east-1:000000000000:stateMachine:${name}`,
  'Scheduler::Schedule': (name) => `arn:aws:scheduler:us-east-1:000000000000:schedule/default/${name}`,
};

export const functionArn = (name: string): string => `arn:aws:lambda:us-east-1:000000000000:function:${name}`;

/** What SDK clients need to reach a local service as a function. */
export const client = (endpoint: string, name = 'score') => ({
  endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: name, secretAccessKey: 'secret' },
  maxAttempts: 1,
});

/** Lets everything happen that waits for nothing but its turn. */
export const quiet = async (service: { busy(): boolean }): Promise<void> => {
  for (let turn = 0; turn < 5_000; turn++) {
    await new Promise((resolve) => setImmediate(resolve));
    if (!service.busy()) return;
    if (turn > 100) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  throw new Error('it stays busy');
};

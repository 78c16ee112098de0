import { compilePattern, type Match } from '../pattern.ts';
import { type Resource } from '../service.ts';

export interface Target {
  readonly id: string;
  readonly arn: string;
  /** A queue has its own disk, a bus is this service; the others are called. */
  readonly kind: 'queue' | 'bus' | 'other';
  readonly roleArn?: string;
  /** JSON that is sent in place of the event. */
  readonly input?: string;
  readonly messageGroupId?: string;
  readonly deadLetter?: string;
  /** After the first. */
  readonly maxAttempts: number;
  readonly maxAgeMs: number;
}

export interface Rule {
  readonly name: string;
  readonly arn: string;
  /** Name or ARN. */
  readonly bus: string;
  readonly matches: Match;
  readonly targets: readonly Target[];
}

const RULE_FIELDS = new Set([
  'Name',
  'Description',
  'EventBusName',
  'EventPattern',
  'State',
  'Targets',
  'RoleArn',
  'Tags',
]);
const TARGET_FIELDS = new Set([
  'Id',
  'Arn',
  'RoleArn',
  'Input',
  'RetryPolicy',
  'DeadLetterConfig',
  'SqsParameters',
]);
const KINDS: Readonly<Record<string, Target['kind']>> = {
  sqs: 'queue',
  events: 'bus',
  lambda: 'other',
  states: 'other',
};

/** Reads a rule of the template; null for a disabled one. Throws on what this bus cannot do as AWS would. */
export const compileRule = ({ logicalId, name, arn, properties }: Resource): Rule | null => {
  refuseOthers(properties, RULE_FIELDS, logicalId);
  const targets = ((properties['Targets'] ?? []) as TargetProperties[]).map((target) =>
    compileTarget(target, logicalId),
  );
  let matches: Match;
  try {
    const pattern = properties['EventPattern'] as unknown;
    matches = compilePattern(typeof pattern === 'string' ? JSON.parse(pattern) : pattern);
  } catch (cause) {
    throw new Error(`${logicalId}: ${(cause as Error).message}`, { cause });
  }
  if (properties['State'] === 'DISABLED') return null;
  return { name, arn, bus: String(properties['EventBusName'] ?? 'default'), matches, targets };
};

interface TargetProperties {
  readonly Id: string;
  readonly Arn: string;
  readonly RoleArn?: string;
  readonly Input?: string;
  readonly RetryPolicy?: {
    readonly MaximumRetryAttempts?: number;
    readonly MaximumEventAgeInSeconds?: number;
  };
  readonly DeadLetterConfig?: { readonly Arn?: string };
  readonly SqsParameters?: { readonly MessageGroupId?: string };
}

const compileTarget = (target: TargetProperties, logicalId: string): Target => {
  refuseOthers(target, TARGET_FIELDS, `${logicalId}: target`);
  const arn = target.Arn;
  const kind = KINDS[arn.split(':')[2] ?? ''];
  if (!kind) throw new Error(`${logicalId}: a rule cannot have ${arn} as its target`);
  const messageGroupId = target.SqsParameters?.MessageGroupId;
  const deadLetter = target.DeadLetterConfig?.Arn;
  return {
    id: target.Id,
    arn,
    kind,
    ...(target.RoleArn === undefined ? {} : { roleArn: target.RoleArn }),
    ...(target.Input === undefined ? {} : { input: target.Input }),
    ...(messageGroupId === undefined ? {} : { messageGroupId }),
    ...(deadLetter === undefined ? {} : { deadLetter }),
    maxAttempts: target.RetryPolicy?.MaximumRetryAttempts ?? 185,
    maxAgeMs: 1_000 * (target.RetryPolicy?.MaximumEventAgeInSeconds ?? 86_400),
  };
};

const refuseOthers = (properties: object, known: ReadonlySet<string>, where: string): void => {
  for (const field of Object.keys(properties))
    if (!known.has(field)) throw new Error(`${where}: ${field} is not supported locally`);
};

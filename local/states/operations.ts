import { randomUUID } from 'node:crypto';
import { type AwsReply, type AwsRequest } from '../endpoint.ts';
import { type Access, AwsError } from '../service.ts';
import { type Execution, type Status } from './execution.ts';

interface Deps {
  readonly access: Access;
  /** By ARN. */
  readonly executions: ReadonlyMap<string, Execution>;
  readonly begin: (machineArn: string, input: string, name: string) => Execution;
  readonly end: (execution: Execution, status: Status, outcome: Partial<Execution>) => void;
}

/** What SDK clients may ask of the state machines. */
export const createOperations = ({ access, executions, begin, end }: Deps) => {
  const byArn = (arn: unknown): Execution => {
    const execution = executions.get(String(arn));
    if (!execution) throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${String(arn)}'`);
    return execution;
  };

  return async ({ operation, headers, body }: AwsRequest): Promise<AwsReply> => {
    await Promise.resolve();
    const principal = access.identify(headers);
    const input = inputOf(body);
    const allow = (resource: unknown): void =>
      access.allow(principal, `states:${operation}`, String(resource));
    switch (operation) {
      case 'StartExecution': {
        allow(input['stateMachineArn']);
        const execution = begin(
          String(input['stateMachineArn']),
          (input['input'] as string | undefined) ?? '{}',
          (input['name'] as string | undefined) ?? randomUUID(),
        );
        return answer({ executionArn: execution.arn, startDate: execution.startedAt / 1_000 });
      }
      case 'DescribeExecution': {
        allow(input['executionArn']);
        const execution = byArn(input['executionArn']);
        return answer({
          ...summaryOf(execution),
          input: execution.input,
          output: execution.output,
          error: execution.error,
          cause: execution.cause,
        });
      }
      case 'ListExecutions': {
        allow(input['stateMachineArn']);
        const found = [...executions.values()]
          .filter(
            ({ machineArn, status }) =>
              machineArn === input['stateMachineArn'] &&
              (input['statusFilter'] === undefined || status === input['statusFilter']),
          )
          .sort((a, b) => b.startedAt - a.startedAt);
        const from = Number(input['nextToken'] ?? 0);
        const limit = Math.min(Number(input['maxResults'] ?? 100) || 100, 1_000);
        return answer({
          executions: found.slice(from, from + limit).map(summaryOf),
          nextToken: from + limit < found.length ? String(from + limit) : undefined,
        });
      }
      case 'StopExecution': {
        allow(input['executionArn']);
        const execution = byArn(input['executionArn']);
        if (execution.status === 'RUNNING')
          end(execution, 'ABORTED', {
            ...(input['error'] === undefined ? {} : { error: text(input['error']) }),
            ...(input['cause'] === undefined ? {} : { cause: text(input['cause']) }),
          });
        return answer({ stopDate: execution.stoppedAt! / 1_000 });
      }
      default:
        throw new AwsError(
          'UnknownOperationException',
          `There is no ${operation || 'such operation'} locally.`,
        );
    }
  };
};

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const answer = (body: object) => ({ body: JSON.stringify(body) });

const summaryOf = (execution: Execution) => ({
  executionArn: execution.arn,
  stateMachineArn: execution.machineArn,
  name: execution.name,
  status: execution.status,
  startDate: execution.startedAt / 1_000,
  stopDate: execution.stoppedAt === undefined ? undefined : execution.stoppedAt / 1_000,
});

const inputOf = (body: Buffer): Readonly<Record<string, unknown>> => {
  try {
    const input = JSON.parse(body.toString('utf8')) as unknown;
    if (typeof input === 'object' && input !== null) return input as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw new AwsError('SerializationException', 'The request is not a JSON object.');
};

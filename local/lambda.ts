import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { devNull } from 'node:os';
import { openLogs } from './lambda/log.ts';
import { createPool } from './lambda/pool.ts';
import { failure, openSandbox, shaped, type FunctionError, type Sandbox } from './lambda/sandbox.ts';
import { type Principals } from './principals.ts';
import {
  AwsError,
  type Invoked,
  type Principal,
  type Quiet,
  type Resource,
  type Service,
  type Surroundings,
} from './service.ts';
import { REGION } from './template/identity.ts';

/** The longest event or answer of a synchronous invocation, bytes. */
const MAX_PAYLOAD = 6 * 1024 * 1024;

/** How long an invocation waits for a context that is in use rather than open another, ms of real time. */
const PATIENCE = 100;

/** Resources: AWS::Lambda::Function. */
export interface LambdaDeps extends Surroundings {
  readonly resources: readonly Resource[];
  readonly access: Principals;
  /** The folder that holds a function's code. */
  readonly folderOf: (resource: Resource) => string;
  /** The template's environment of a function, with local addresses in it. */
  readonly environmentOf: (resource: Resource) => Readonly<Record<string, string>>;
  /** Where each SDK client finds its service: AWS_ENDPOINT_URL_… */
  readonly endpoints: Readonly<Record<string, string>>;
}

export type Lambda = Service &
  Quiet & {
    /** Runs a function to its end, in a context of its own. */
    readonly invoke: (functionArn: string, event: unknown, as: Principal) => Promise<Invoked>;
    readonly principalOf: (functionArn: string) => Principal;
  };

type Copy = Sandbox & { readonly keyId: string };

/** Lambda: runs each function's bundle unchanged, a context for each invocation that runs at the same time. */
export const startLambda = (deps: LambdaDeps): Lambda => {
  const { access, clock } = deps;
  const logs = openLogs(deps.dir);
  // While time stands still nobody waits for an answer.
  const pool = createPool<Copy>(() => (clock.virtual ? PATIENCE : 0));
  const functions = new Map(deps.resources.map((resource) => [resource.arn, resource]));
  const names = new Map(deps.resources.map((resource) => [resource.name, resource]));
  let running = 0;

  const find = (functionArn: string): Resource => {
    const arn = functionArn.split(':').slice(0, 7).join(':');
    const found = functions.get(arn) ?? names.get(functionArn);
    if (!found) throw new AwsError('ResourceNotFoundException', `Function not found: ${functionArn}`, 404);
    return found;
  };
  const principalOf = (functionArn: string): Principal => {
    const { logicalId, properties } = find(functionArn);
    return { kind: 'function', name: logicalId, roleArn: properties.Role as string };
  };

  const environment = (resource: Resource, folder: string, key: ReturnType<Principals['issue']>) => ({
    PATH: process.env.PATH ?? '',
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_EXECUTION_ENV: `AWS_Lambda_${String(resource.properties.Runtime)}`,
    AWS_LAMBDA_FUNCTION_NAME: resource.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(resource.properties.MemorySize ?? 128),
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${resource.name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    LAMBDA_TASK_ROOT: folder,
    _HANDLER: String(resource.properties.Handler),
    // The settings and keys of whoever runs this have no business in a function.
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: 'true',
    ...deps.endpoints,
    ...deps.environmentOf(resource),
    AWS_ACCESS_KEY_ID: key.id,
    AWS_SECRET_ACCESS_KEY: key.secret,
    AWS_SESSION_TOKEN: key.token,
  });

  const openCopy = async (resource: Resource): Promise<Copy> => {
    const folder = deps.folderOf(resource);
    const key = access.issue(principalOf(resource.arn));
    const code = {
      name: resource.logicalId,
      folder,
      handler: String(resource.properties.Handler),
      env: environment(resource, folder, key),
    };
    const write = (text: string): void => logs.write(resource.logicalId, text);
    const sandbox = await openSandbox(code, () => clock.now(), write);
    return {
      ...sandbox,
      keyId: key.id,
      close: () => {
        // Code that still runs after its timeout can do nothing more.
        access.revoke(key.id);
        sandbox.close();
      },
    };
  };

  const runOnce = async (
    resource: Resource,
    copy: Copy,
    event: string,
  ): Promise<{ json: string; timedOut: boolean }> => {
    const requestId = randomUUID();
    const timeoutMs = Number(resource.properties.Timeout ?? 3) * 1000;
    const end = performance.now() + timeoutMs;
    const context = JSON.stringify({
      functionName: resource.name,
      functionVersion: '$LATEST',
      invokedFunctionArn: resource.arn,
      memoryLimitInMB: String(resource.properties.MemorySize ?? 128),
      awsRequestId: requestId,
      logGroupName: `/aws/lambda/${resource.name}`,
      logStreamName: 'local',
      callbackWaitsForEmptyEventLoop: false,
    });
    const remaining = (): number => Math.max(0, Math.round(end - performance.now()));
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<{ json: string; timedOut: boolean }>((resolve) => {
      timer = setTimeout(() => resolve({ json: requestId, timedOut: true }), timeoutMs);
    });
    try {
      return await Promise.race([
        timeout,
        copy.run(requestId, event, context, remaining).then((json) => ({ json, timedOut: false })),
      ]);
    } finally {
      clearTimeout(timer);
    }
  };

  const run = async (resource: Resource, event: string): Promise<Invoked> => {
    const { logicalId } = resource;
    let copy: Copy | undefined;
    let discard = false;
    try {
      copy = await pool.acquire(logicalId);
      copy ??= await openCopy(resource);
      const { json, timedOut } = await runOnce(resource, copy, event);
      if (timedOut) {
        discard = true;
        const seconds = Number(resource.properties.Timeout ?? 3).toFixed(2);
        throw failure(
          'Sandbox.Timedout',
          `RequestId: ${json} Error: Task timed out after ${seconds} seconds`,
        );
      }
      if (Buffer.byteLength(json) > MAX_PAYLOAD) {
        throw failure(
          'Function.ResponseSizeTooLarge',
          `Response payload size exceeded maximum allowed payload size (${MAX_PAYLOAD} bytes).`,
        );
      }
      return { payload: JSON.parse(json) as unknown };
    } catch (thrown) {
      const error: FunctionError = shaped(thrown);
      logs.write(
        logicalId,
        `${new Date(clock.now()).toISOString()}\tERROR\tInvoke Error\t${JSON.stringify(error)}\n`,
      );
      return { error };
    } finally {
      if (discard && copy) {
        copy.close();
        pool.release(logicalId);
      } else pool.release(logicalId, copy);
    }
  };

  return {
    name: 'lambda',
    principalOf,
    busy: () => running > 0,
    invoke: async (functionArn, event, as) => {
      const resource = find(functionArn);
      // A function's own principal: its event source mapping polls in its name.
      if (as.kind !== 'function' || as.name !== resource.logicalId)
        access.allow(as, 'lambda:InvokeFunction', resource.arn);
      const json = JSON.stringify(event) ?? 'null';
      if (Buffer.byteLength(json) > MAX_PAYLOAD) {
        throw new AwsError('RequestEntityTooLargeException', 'The event is longer than 6 MB.', 413);
      }
      running++;
      try {
        return await run(resource, json);
      } finally {
        running--;
        deps.changed();
      }
    },
    stop: async () => {
      pool.close();
      await logs.close();
    },
  };
};

/** Where a function's code lies, by its template. */
export const folderOfCode = (resource: Resource, asset: (objectKey: string) => string): string => {
  const { Code: code, Runtime: runtime } = resource.properties as {
    Code?: { S3Key?: string };
    Runtime?: string;
  };
  if (!runtime?.startsWith('nodejs')) {
    throw new Error(`Function ${resource.logicalId} runs on ${runtime ?? 'nothing'}: only Node runs locally`);
  }
  if (code?.S3Key === undefined) throw new Error(`Function ${resource.logicalId} has no asset`);
  return join(asset(code.S3Key));
};

import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { readJsonFile, writeJsonFile } from './folder.ts';
import { DEPLOYER } from './principals.ts';
import { type Invoke } from './service.ts';
import { ACCOUNT, REGION } from './template/identity.ts';
import { type Outcomes, type Template } from './template.ts';

/** How long a custom resource may take to answer after its function has ended, ms. */
const ANSWER_MS = 5_000;
/** CDK's own custom resources, which copy files to buckets and empty them: there are no buckets to fill. */
const WITHOUT_RUN = new Set(['Custom::CDKBucketDeployment', 'Custom::S3AutoDeleteObjects']);

interface Deployed {
  readonly properties: unknown;
  readonly physicalId: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** What the custom resources came to at earlier deploys, kept in a file. */
export const openOutcomes = (file: string): { get: Outcomes; kept: Map<string, Deployed>; keep(): void } => {
  const kept = new Map(Object.entries((readJsonFile(file) ?? {}) as Record<string, Deployed>));
  return {
    kept,
    get: (logicalId) => kept.get(logicalId),
    keep: () => writeJsonFile(file, Object.fromEntries(kept)),
  };
};

/** What a custom resource's function puts at its ResponseURL. */
interface Response {
  readonly Status?: string;
  readonly Reason?: string;
  readonly PhysicalResourceId?: string;
  readonly Data?: Readonly<Record<string, unknown>>;
}

/** Hands answers that arrive by HTTP to whoever waits for them. */
export const createResponses = () => {
  const waiting = new Map<string, (response: Response) => void>();
  return {
    open: (): { id: string; response: Promise<Response> } => {
      const id = randomUUID();
      return { id, response: new Promise((resolve) => waiting.set(id, resolve)) };
    },
    take: (id: string, body: unknown): boolean => {
      const resolve = waiting.get(id);
      waiting.delete(id);
      resolve?.(body ?? {});
      return resolve !== undefined;
    },
  };
};

/** Creates the custom resources that are new and updates those whose properties changed, by their functions. */
export const deployCustoms = async (deps: {
  readonly template: Template;
  readonly outcomes: ReturnType<typeof openOutcomes>;
  readonly responses: ReturnType<typeof createResponses>;
  readonly invoke: Invoke;
  /** "http://127.0.0.1:4700" */
  readonly url: string;
}): Promise<void> => {
  const { template, outcomes, responses } = deps;
  for (const logicalId of template.customs()) {
    const { type, properties } = template.resource(logicalId);
    const before = outcomes.kept.get(logicalId);
    if (before && isDeepStrictEqual(before.properties, properties)) continue;
    if (WITHOUT_RUN.has(type)) {
      const data =
        type === 'Custom::CDKBucketDeployment'
          ? { DestinationBucketArn: `arn:aws:s3:::${String(properties.DestinationBucketName)}` }
          : {};
      outcomes.kept.set(logicalId, { properties, physicalId: logicalId, data });
      outcomes.keep();
      continue;
    }
    const { id, response } = responses.open();
    const invoked = await deps.invoke(
      properties.ServiceToken as string,
      {
        RequestType: before ? 'Update' : 'Create',
        ServiceToken: properties.ServiceToken as string,
        ResponseURL: `${deps.url}/_local/cloudformation/${id}`,
        StackId: `arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/${template.stack}/local`,
        RequestId: id,
        LogicalResourceId: logicalId,
        ResourceType: type,
        ResourceProperties: properties,
        ...(before
          ? { PhysicalResourceId: before.physicalId, OldResourceProperties: before.properties }
          : {}),
      },
      DEPLOYER,
    );
    if ('error' in invoked)
      throw new Error(`${logicalId} failed: ${invoked.error.errorType}: ${invoked.error.errorMessage}`);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<Response>((resolve) => {
      timer = setTimeout(
        () => resolve({ Status: 'FAILED', Reason: 'it sent no answer to its ResponseURL' }),
        ANSWER_MS,
      );
    });
    const answer = await Promise.race([response, late]);
    clearTimeout(timer);
    if (answer.Status !== 'SUCCESS')
      throw new Error(`${logicalId} failed: ${answer.Reason ?? 'no reason given'}`);
    outcomes.kept.set(logicalId, {
      properties,
      physicalId: answer.PhysicalResourceId ?? before?.physicalId ?? logicalId,
      data: answer.Data ?? {},
    });
    outcomes.keep();
  }
};

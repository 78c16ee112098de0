import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openThread } from './dynamodb/thread.ts';
import { openUpstream } from './dynamodb/upstream.ts';
import { startEndpoint } from './endpoint.ts';
import { AwsError, type StartDynamodb } from './service.ts';

/**
 * DynamoDB: the embedded store, or another one behind the same address. Either way every request is recorded, by
 * action and table, with the function that made it, and refused where the template's policies do not allow it.
 */
export const startDynamodb: StartDynamodb = async ({ dir, access, changed, upstream }) => {
  const folder = join(dir, 'level');
  mkdirSync(folder, { recursive: true });
  const store = upstream === undefined ? await openThread(folder) : openUpstream(upstream);
  let underWay = 0;

  const endpoint = await startEndpoint('application/x-amz-json-1.0', async (request) => {
    const principal = access.identify(request.headers);
    const input = inputOf(request.body);
    for (const resource of resourcesOf(input))
      access.allow(principal, `dynamodb:${request.operation}`, resource);
    underWay += 1;
    try {
      return await store.handle(request);
    } catch (error) {
      if (error instanceof AwsError) throw error;
      throw new AwsError('ValidationException', `The request cannot be read: ${String(error)}`);
    } finally {
      underWay -= 1;
      if (underWay === 0) changed();
    }
  });

  return {
    name: 'dynamodb',
    endpoint: endpoint.url,
    busy: () => underWay > 0,
    stop: async () => {
      await endpoint.stop();
      await store.close();
    },
  };
};

interface Input {
  readonly TableName?: unknown;
  readonly IndexName?: unknown;
  readonly RequestItems?: unknown;
}

const inputOf = (body: Buffer): Input | null => {
  try {
    return JSON.parse(body.toString('utf8')) as Input | null;
  } catch {
    throw new AwsError('SerializationException', 'The request is not JSON.');
  }
};

/** The tables and indexes that a request touches; "*" for those that name none. */
const resourcesOf = (input: Input | null): string[] => {
  const items = input?.RequestItems;
  if (typeof items === 'object' && items !== null) return Object.keys(items).map(tableArn);
  if (typeof input?.TableName !== 'string') return ['*'];
  const table = tableArn(input.TableName);
  return [typeof input.IndexName === 'string' ? `${table}/index/${input.IndexName}` : table];
};

const tableArn = (name: string): string =>
  name.startsWith('arn:') ? name : `arn:aws:dynamodb:us-east-1:000000000000:table/${name}`;

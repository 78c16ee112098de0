import { createHash, createHmac } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type AwsReply, type AwsRequest } from '../endpoint.ts';
import { AwsError } from '../service.ts';
import { type Store } from './store.ts';

const SERVICE = 'dynamodb';

/** Passes requests on to another DynamoDB, signed with the machine's own credentials: the functions' mean nothing there. */
export const openUpstream = (endpoint: string): Store => {
  const url = new URL(endpoint);
  const region =
    /^dynamodb\.([a-z0-9-]+)\.amazonaws\.com/.exec(url.hostname)?.[1] ??
    process.env['AWS_REGION'] ??
    'us-east-1';
  const client = new DynamoDBClient({ endpoint, region });
  const credentials = async (): Promise<Credentials> => {
    try {
      return await client.config.credentials();
    } catch (cause) {
      if (url.hostname.endsWith('.amazonaws.com')) throw cause;
      // DynamoDB Local wants a signature and does not check it.
      return { accessKeyId: 'local', secretAccessKey: 'local' };
    }
  };
  return {
    handle: async (request) => {
      const headers = sign(request, url, region, await credentials(), new Date());
      try {
        const response = await fetch(url, { method: 'POST', headers, body: new Uint8Array(request.body) });
        const crc = response.headers.get('x-amz-crc32');
        return {
          status: response.status,
          headers: crc === null ? {} : { 'x-amz-crc32': crc },
          body: Buffer.from(await response.arrayBuffer()),
        } satisfies AwsReply;
      } catch (error) {
        throw new AwsError('InternalServerError', `${endpoint} does not answer: ${reasonOf(error)}`, 500);
      }
    },
    // Async because a Store's is.
    // eslint-disable-next-line @typescript-eslint/require-await
    close: async () => client.destroy(),
  };
};

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Signature version 4 of a POST to "/".
 *  @param at the real time: AWS refuses a signature that is off by minutes */
const sign = (
  { headers, body }: Pick<AwsRequest, 'headers' | 'body'>,
  url: URL,
  region: string,
  { accessKeyId, secretAccessKey, sessionToken }: Credentials,
  at: Date,
): Record<string, string> => {
  const stamp = at.toISOString().replace(/[-:]|\.\d{3}/g, '');
  const scope = `${stamp.slice(0, 8)}/${region}/${SERVICE}/aws4_request`;
  const signed: Record<string, string> = {
    'content-type': 'application/x-amz-json-1.0',
    host: url.host,
    'x-amz-date': stamp,
    ...(sessionToken === undefined ? {} : { 'x-amz-security-token': sessionToken }),
    'x-amz-target': String(headers['x-amz-target']),
  };
  const names = Object.keys(signed).sort().join(';');
  const canonical = [
    'POST',
    '/',
    '',
    ...Object.keys(signed)
      .sort()
      .map((name) => `${name}:${signed[name]}`),
    '',
    names,
    sha256(body),
  ].join('\n');
  const text = ['AWS4-HMAC-SHA256', stamp, scope, sha256(canonical)].join('\n');
  const key = scope
    .split('/')
    .reduce<Buffer | string>((from, part) => hmac(from, part), `AWS4${secretAccessKey}`);
  const signature = createHmac('sha256', key).update(text).digest('hex');
  const { host: _host, ...sent } = signed;
  return {
    ...sent,
    authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`,
  };
};

const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: Buffer | string, data: string): Buffer => createHmac('sha256', key).update(data).digest();

/** `fetch` says only that it failed; why stands behind it. */
const reasonOf = (error: unknown): string => {
  const { cause, message } = error as Error;
  return cause instanceof Error ? cause.message : message;
};

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SignatureV4 } from '@smithy/signature-v4';
import { type AwsReply } from '../endpoint.ts';
import { AwsError } from '../service.ts';
import { type Store } from './store.ts';

/** Passes requests on to another DynamoDB, signed with the machine's own credentials: the functions' mean nothing there. */
export const openUpstream = (endpoint: string): Store => {
  const url = new URL(endpoint);
  const region =
    /^dynamodb\.([a-z0-9-]+)\.amazonaws\.com/.exec(url.hostname)?.[1] ??
    process.env['AWS_REGION'] ??
    'us-east-1';
  const client = new DynamoDBClient({ endpoint, region });
  const credentials = async () => {
    try {
      return await client.config.credentials();
    } catch (cause) {
      if (url.hostname.endsWith('.amazonaws.com')) throw cause;
      // DynamoDB Local wants a signature and does not check it.
      return { accessKeyId: 'local', secretAccessKey: 'local' };
    }
  };
  const signer = new SignatureV4({ service: 'dynamodb', region, credentials, sha256: client.config.sha256 });
  return {
    handle: async (request) => {
      const { headers } = await signer.sign({
        method: 'POST',
        protocol: url.protocol,
        hostname: url.hostname,
        path: '/',
        headers: {
          'content-type': 'application/x-amz-json-1.0',
          host: url.host,
          'x-amz-target': String(request.headers['x-amz-target']),
        },
        body: request.body,
      });
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

/** `fetch` says only that it failed; why stands behind it. */
const reasonOf = (error: unknown): string => {
  const { cause, message } = error as Error;
  return cause instanceof Error ? cause.message : message;
};

import { createServer, type IncomingHttpHeaders } from 'node:http';
import { type AddressInfo } from 'node:net';
import { randomUUID } from 'node:crypto';
import { Dropped } from './faults.ts';
import { AwsError } from './service.ts';

/** One request of an SDK client. */
export interface AwsRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** The operation that X-Amz-Target names ("PutEvents"), "" without one. */
  readonly operation: string;
}

export interface AwsReply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** A request that is longer than this is refused; SQS and PutEvents allow 1 MB at most, SES 10 MB. */
const MAX_BYTES = 11_000_000;

/** A request as it comes, by whatever way; rejects where its connection ends without an answer. */
export type Answering = (
  request: Pick<AwsRequest, 'method' | 'path' | 'headers' | 'body'>,
) => Promise<Required<AwsReply>>;

/** The endpoints of this process, by port. */
const open = new Map<number, Answering>();

/** Carries a request out, or lets it fail. */
type Around = (handle: () => Promise<AwsReply>) => Promise<AwsReply>;
/** By port. */
const failing = new Map<string, Around>();
/** Lets requests to an endpoint of this process fail as `around` will have it. */
export const failAt = (url: string, around: Around): void => void failing.set(new URL(url).port, around);

/** The endpoint of this process at a port of this machine: a function that runs here too need not go by a socket. */
export const endpointAt = (port: number): Answering | undefined => open.get(port);

/** Listens on a free port of 127.0.0.1 and answers each request with what `handle` makes of it.
 *  @param contentType of the answers, "application/x-amz-json-1.1" or so
 *  @param onError how this protocol says an error; JSON with `__type` by default */
export const startEndpoint = async (
  contentType: string,
  handle: (request: AwsRequest) => Promise<AwsReply>,
  onError: (error: AwsError) => AwsReply = (error) => ({
    status: error.status,
    headers: { 'x-amzn-errortype': error.code },
    body: JSON.stringify({ __type: error.code, message: error.message, Message: error.message }),
  }),
): Promise<{ url: string; stop: () => Promise<void> }> => {
  let port = 0;
  const answer: Answering = async (request) => {
    const target = request.headers['x-amz-target'];
    const operation = typeof target === 'string' ? target.slice(target.lastIndexOf('.') + 1) : '';
    let reply: AwsReply;
    try {
      if (request.body.length > MAX_BYTES)
        throw new AwsError('RequestEntityTooLarge', 'The request is too large.', 413);
      const around = failing.get(String(port)) ?? ((carryOut) => carryOut());
      reply = await around(() => handle({ ...request, operation }));
    } catch (error) {
      if (error instanceof Dropped) throw error;
      reply = onError(
        error instanceof AwsError ? error : new AwsError('InternalFailure', String(error), 500),
      );
    }
    return {
      status: reply.status ?? 200,
      headers: {
        'content-type': contentType,
        'content-length': String(Buffer.byteLength(reply.body)),
        'x-amzn-requestid': randomUUID(),
        ...reply.headers,
      },
      body: reply.body,
    };
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    let size = 0;
    // A client that goes away costs only its own request.
    request.on('error', () => {});
    response.on('error', () => {});
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      // One more than the limit is kept: enough to refuse it by.
      if (size - chunk.length <= MAX_BYTES) chunks.push(chunk);
    });
    request.on('end', () => {
      const { method = 'GET', url: path = '/', headers } = request;
      void answer({ method, path, headers, body: Buffer.concat(chunks) }).then((reply) => {
        if (response.writableEnded || response.destroyed) return;
        response.writeHead(reply.status, reply.headers);
        response.end(reply.body);
      }, response.destroy.bind(response));
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  ({ port } = server.address() as AddressInfo);
  open.set(port, answer);
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise((resolve) => {
        open.delete(port);
        failing.delete(String(port));
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

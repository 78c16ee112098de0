import { createServer, type IncomingHttpHeaders } from 'node:http';
import { type AddressInfo } from 'node:net';
import { randomUUID } from 'node:crypto';
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
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const answer = (reply: AwsReply): void => {
      if (response.writableEnded || response.destroyed) return;
      response.writeHead(reply.status ?? 200, {
        'content-type': contentType,
        'content-length': Buffer.byteLength(reply.body),
        'x-amzn-requestid': randomUUID(),
        ...reply.headers,
      });
      response.end(reply.body);
    };
    const refuse = (error: unknown): void =>
      answer(
        onError(error instanceof AwsError ? error : new AwsError('InternalFailure', String(error), 500)),
      );
    // A client that goes away costs only its own request.
    request.on('error', () => {});
    response.on('error', () => {});
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= MAX_BYTES) chunks.push(chunk);
    });
    request.on('end', () => {
      if (size > MAX_BYTES)
        return refuse(new AwsError('RequestEntityTooLarge', 'The request is too large.', 413));
      const target = request.headers['x-amz-target'];
      handle({
        method: request.method ?? 'GET',
        path: request.url ?? '/',
        headers: request.headers,
        body: Buffer.concat(chunks),
        operation: typeof target === 'string' ? target.slice(target.lastIndexOf('.') + 1) : '',
      }).then(answer, refuse);
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { isLoopback, message, type HttpAnswer, type HttpRequest } from './message.ts';

/** API Gateway's cap on a request's body, bytes. */
const MAX_BODY = 10 * 1024 * 1024;
/** A client that takes longer to send is cut off, ms. */
const HEADERS_MS = 10_000;
const REQUEST_MS = 30_000;
/** After a refusal the rest of a body is read and thrown away for this long, ms, so that the client can read why. */
const LINGER_MS = 1_000;

/** The body; undefined when it is too large, never resolved when the client goes away. */
const readBody = (request: IncomingMessage): Promise<Buffer | undefined> =>
  new Promise((resolve) => {
    if (Number(request.headers['content-length'] ?? 0) > MAX_BODY) return resolve(undefined);
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > MAX_BODY) {
        chunks.length = 0;
        resolve(undefined);
      } else chunks.push(chunk);
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
  });

const write = (request: IncomingMessage, response: ServerResponse, answer: HttpAnswer): void => {
  if (response.destroyed || response.writableEnded) return;
  const bodiless = answer.status === 204 || answer.status === 304;
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(answer.headers)) {
    headers[name] = typeof value === 'string' ? value : [...value];
  }
  if (!bodiless) headers['content-length'] = String(Buffer.byteLength(answer.body));
  if (!request.complete) {
    headers.connection = 'close';
    request.resume();
    setTimeout(() => request.socket.destroy(), LINGER_MS).unref();
  }
  try {
    response.writeHead(answer.status, headers);
  } catch {
    // A function answered with a header that HTTP cannot carry.
    response.writeHead(502, { 'content-type': 'application/json', connection: 'close' });
    response.end('{"message":"Internal Server Error"}');
    return;
  }
  response.end(bodiless || request.method === 'HEAD' ? undefined : answer.body);
};

export interface Port {
  /** "http://127.0.0.1:4700" */
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** Listens on 127.0.0.1 and hands whole requests on. A client that aborts, is slow or sends garbage costs only itself.
 *  @param port 0 takes a free one */
export const openPort = async (
  port: number,
  handle: (request: HttpRequest) => Promise<HttpAnswer>,
  log: (line: string) => void,
): Promise<Port> => {
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    request.on('error', () => {});
    response.on('error', () => {});
    if (!isLoopback(request.headers.host)) {
      return write(request, response, message(421, 'This host is not served here.'));
    }
    const body = await readBody(request);
    if (body === undefined) return write(request, response, message(413, 'Request Entity Too Large'));
    const url = request.url ?? '/';
    const mark = url.indexOf('?');
    let answer;
    try {
      answer = await handle({
        method: request.method ?? 'GET',
        path: mark < 0 ? url : url.slice(0, mark),
        query: mark < 0 ? '' : url.slice(mark + 1),
        headers: request.headers,
        body,
        ip: request.socket.remoteAddress ?? '127.0.0.1',
      });
    } catch (error) {
      log(
        `${request.method} ${url}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
      answer = message(500, 'Internal Server Error');
    }
    write(request, response, answer);
  };
  const server = createServer(
    {
      headersTimeout: HEADERS_MS,
      requestTimeout: REQUEST_MS,
      connectionsCheckingInterval: 2_000,
      keepAliveTimeout: 65_000,
    },
    (request, response) => void serve(request, response),
  );
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) return socket.destroy();
    const status =
      error.code === 'HPE_HEADER_OVERFLOW'
        ? '431 Request Header Fields Too Large'
        : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
          ? '408 Request Timeout'
          : '400 Bad Request';
    socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(`Port ${port} is taken by another program.`)
          : new Error(`Cannot listen on port ${port}: ${error.message}`),
      ),
    );
    server.listen(port, '127.0.0.1', resolve);
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

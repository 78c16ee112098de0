import { AsyncLocalStorage } from 'node:async_hooks';
import { EventEmitter } from 'node:events';
import {
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http';
import { Readable } from 'node:stream';
import { type Answering } from '../endpoint.ts';

/** Services work in their own name: what goes wrong in them is not the function's. */
const outside = AsyncLocalStorage.snapshot();

/** A connection that is always there. */
const socket = (): EventEmitter =>
  Object.assign(new EventEmitter(), { connecting: false, setKeepAlive: () => {}, setTimeout: () => {} });

const lowerCased = (headers: RequestOptions['headers']): IncomingHttpHeaders =>
  Object.fromEntries(
    Object.entries((headers ?? {}) as Record<string, string>).map(([name, value]) => [
      name.toLowerCase(),
      value,
    ]),
  );

/** What `http.request` gives, without a connection: the same bytes go to an endpoint of this process, and come back.
 *  It saves a third of the time that an SDK call takes here. */
export const directRequest = (
  options: RequestOptions,
  answer: Answering,
  onResponse?: (response: IncomingMessage) => void,
): ClientRequest => {
  const chunks: Buffer[] = [];
  const take = (chunk: unknown, encoding?: unknown): void => {
    if (typeof chunk === 'string') chunks.push(Buffer.from(chunk, encoding as BufferEncoding | undefined));
    else if (chunk instanceof Uint8Array)
      chunks.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length));
  };
  const hangUp = (): void =>
    void request.destroy(Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }));
  const send = (): void => {
    const sent = {
      method: options.method ?? 'GET',
      path: options.path ?? '/',
      headers: lowerCased(options.headers),
      body: chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks),
    };
    void outside(answer, sent).then(({ status, headers, body }) => {
      if (request.destroyed) return;
      const response = new Readable({ read: () => {} });
      if (body.length > 0) response.push(body);
      response.push(null);
      const named = { statusCode: status, statusMessage: '', headers, complete: true };
      request.emit('response', Object.assign(response, named));
    }, hangUp);
  };
  // No stream of Node's: it would take longer than all that it carries.
  const request = Object.assign(new EventEmitter(), {
    writable: true,
    destroyed: false,
    write: (chunk: unknown, encoding?: unknown): boolean => {
      take(chunk, encoding);
      return true;
    },
    end: (chunk?: unknown, encoding?: unknown): void => {
      take(chunk, encoding);
      request.writable = false;
      send();
    },
    destroy: (error?: Error): void => {
      if (request.destroyed) return;
      request.destroyed = true;
      if (error) request.emit('error', error);
      request.emit('close');
    },
  });
  if (onResponse) request.once('response', onResponse);
  return Object.assign(request, {
    socket: socket(),
    setTimeout: () => request,
    setNoDelay: () => {},
    setSocketKeepAlive: () => {},
    abort: () => request.destroy(),
  }) as unknown as ClientRequest;
};

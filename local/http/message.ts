import { type IncomingHttpHeaders } from 'node:http';

/** A request that has arrived whole. */
export interface HttpRequest {
  readonly method: string;
  /** As sent, percent-encoding kept, without the query. */
  readonly path: string;
  /** Without "?". */
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly ip: string;
}

export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string | Buffer;
}

export const json = (
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer => ({
  status,
  headers: { 'content-type': 'application/json', 'x-content-type-options': 'nosniff', ...headers },
  body: JSON.stringify(value),
});

/** As API Gateway words its own answers. */
export const message = (status: number, text: string): HttpAnswer => json(status, { message: text });

/** Whether a host name, with or without port, is this machine's own. Others are refused, so that no web page can
 *  reach us by a name of its own that it points here.
 *  @example isLoopback('127.0.0.1:4700') // true */
export const isLoopback = (host: string | undefined): boolean =>
  /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])(:\d{1,5})?$/i.test(host ?? '');

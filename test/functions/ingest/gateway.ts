import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import type { MessagesDetail } from '../../../functions/ingest/pack.ts';
import { createIngest, type IngestPorts } from '../../../functions/ingest/accept.ts';
import type { HttpHandler } from '../../../functions/http.ts';
import type { BusEntry } from '../../../functions/ingest/pack.ts';
import type { Quarantined } from '../../../functions/quarantine.ts';
import type { Message } from '../../../core/message/message.ts';
import { createKeys } from '../../../functions/ingest/keys.ts';

export const BROWSER_KEY = 'browser-key-1';
export const SERVER_KEY = 'server-key-1';

/** A request in API Gateway's payload format 2.0. */
export const requestEvent = (
  method: string,
  url: string,
  headers: Readonly<Record<string, string>>,
  body: Buffer,
): APIGatewayProxyEventV2 => {
  const [rawPath = '/', rawQueryString = ''] = url.split('?');
  const type = headers['content-type'] ?? '';
  // As API Gateway is said to do it: text types as text, all else in base64; what is packed can be no text.
  const isText = /^(text\/|application\/json)/.test(type) && headers['content-encoding'] === undefined;
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath,
    rawQueryString,
    headers: { ...headers },
    queryStringParameters: Object.fromEntries(new URLSearchParams(rawQueryString)),
    requestContext: {
      accountId: '000000000000',
      apiId: 'api',
      domainName: headers.host ?? 'localhost',
      domainPrefix: 'api',
      http: {
        method,
        path: rawPath,
        protocol: 'HTTP/1.1',
        sourceIp: '127.0.0.1',
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: 'request-1',
      routeKey: '$default',
      stage: '$default',
      time: '14/May/2026:12:00:00 +0000',
      timeEpoch: 0,
    },
    ...(body.length === 0 ? {} : { body: body.toString(isText ? 'utf8' : 'base64') }),
    isBase64Encoded: body.length > 0 && !isText,
  };
};

/** What a test sees of the ports: what the bus and the quarantine were given. */
export interface Taken {
  readonly entries: BusEntry[];
  readonly quarantined: Quarantined[];
  readonly messages: () => Message[];
}

/** Ingest over ports that keep what they get. */
export const ingest = (ports: Partial<IngestPorts> = {}): { handler: HttpHandler; taken: Taken } => {
  const entries: BusEntry[] = [];
  const quarantined: Quarantined[] = [];
  let made = 0;
  const handler = createIngest({
    keys: createKeys(
      () => Promise.resolve(JSON.stringify({ browser: BROWSER_KEY, server: SERVER_KEY })),
      Date.now,
    ),
    bus: {
      put: (put) => {
        entries.push(...put);
        return Promise.resolve(put.map(() => true));
      },
    },
    quarantine: {
      put: (one) => {
        quarantined.push(one);
        return Promise.resolve();
      },
    },
    rate: { take: () => Promise.resolve(0) },
    origins: ['*'],
    newId: () => `made-up-${++made}`,
    pause: () => Promise.resolve(),
    ...ports,
  });
  const messages = (): Message[] =>
    entries.flatMap(({ detail }) => (JSON.parse(detail) as MessagesDetail).messages);
  return { handler, taken: { entries, quarantined, messages } };
};

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** A loopback server in front of a handler, for clients that want an address; it remembers what was asked. */
export const serve = async (
  handler: HttpHandler,
): Promise<{ url: string; seen: Seen[]; stop: () => Promise<void> }> => {
  const seen: Seen[] = [];
  const server: Server = createServer((request, response) => {
    void answer(handler, request).then(({ event, result }) => {
      const headers = Object.fromEntries(
        Object.entries(event.headers).map(([name, value]) => [name, value ?? '']),
      );
      seen.push({
        method: event.requestContext.http.method,
        path: event.rawPath,
        status: result.statusCode ?? 200,
        headers,
      });
      response.writeHead(result.statusCode ?? 200, result.headers as Record<string, string>);
      response.end(result.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen, stop };
};

const answer = async (
  handler: HttpHandler,
  request: IncomingMessage,
): Promise<{ event: APIGatewayProxyEventV2; result: Awaited<ReturnType<HttpHandler>> }> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(',') : (value ?? ''),
    ]),
  );
  const event = requestEvent(request.method ?? 'GET', request.url ?? '/', headers, Buffer.concat(chunks));
  return { event, result: await handler(event, {} as Context) };
};

import { isUtf8 } from 'node:buffer';
import { ACCOUNT, REGION } from '../template/identity.ts';
import { message, type HttpAnswer, type HttpRequest } from './message.ts';

/** What a verified token says. */
export type Claims = Readonly<Record<string, unknown>>;

/** What the gateway knows besides the request. */
export interface Routed {
  readonly routeKey: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly claims: Claims | undefined;
  readonly apiId: string;
  readonly stageVariables: Readonly<Record<string, string>> | undefined;
  readonly requestId: string;
  /** ms */
  readonly now: number;
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
const two = (value: number): string => String(value).padStart(2, '0');

/** "12/Mar/2026:19:03:58 +0000" */
const logTime = (at: number): string => {
  const date = new Date(at);
  const day = `${two(date.getUTCDate())}/${MONTHS[date.getUTCMonth()]}/${date.getUTCFullYear()}`;
  return `${day}:${date.toISOString().slice(11, 19)} +0000`;
};

/** Bodies of text types reach a function as text, all others as base64. Compressed bytes under a text type are no
 *  text either, and would not survive being taken for it. */
const isText = (request: HttpRequest): boolean => {
  const type = (request.headers['content-type'] ?? '').toLowerCase();
  return (
    /^(text\/|application\/(json|javascript|xml)\b|application\/[\w.-]+\+(json|xml)\b)/.test(type) &&
    isUtf8(request.body)
  );
};

/** A query's or header's repeated values are joined by commas. */
const queryOf = (query: string): Record<string, string> | undefined => {
  if (query === '') return undefined;
  const found: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(query)) {
    found[name] = Object.hasOwn(found, name) ? `${found[name]},${value}` : value;
  }
  return found;
};

/** Claims reach a function as text: numbers in digits, lists in brackets. */
const claimText = (value: unknown): string =>
  Array.isArray(value) ? `[${value.join(' ')}]` : typeof value === 'string' ? value : JSON.stringify(value);

/** The event of payload format 2.0. */
export const toEvent = (request: HttpRequest, routed: Routed): Record<string, unknown> => {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (name !== 'cookie' && value !== undefined)
      headers[name] = Array.isArray(value) ? value.join(',') : value;
  }
  headers['x-forwarded-for'] ??= request.ip;
  headers['x-forwarded-proto'] ??= 'https';
  const cookies = request.headers.cookie?.split(';').map((each) => each.trim());
  const domain = `${routed.apiId}.execute-api.${REGION}.amazonaws.com`;
  const query = queryOf(request.query);
  return {
    version: '2.0',
    routeKey: routed.routeKey,
    rawPath: request.path,
    rawQueryString: request.query,
    ...(cookies ? { cookies } : {}),
    headers,
    ...(query ? { queryStringParameters: query } : {}),
    ...(Object.keys(routed.parameters).length > 0 ? { pathParameters: routed.parameters } : {}),
    ...(routed.stageVariables ? { stageVariables: routed.stageVariables } : {}),
    requestContext: {
      accountId: ACCOUNT,
      apiId: routed.apiId,
      domainName: domain,
      domainPrefix: routed.apiId,
      http: {
        method: request.method,
        path: request.path,
        protocol: 'HTTP/1.1',
        sourceIp: request.ip,
        userAgent: request.headers['user-agent'] ?? '',
      },
      requestId: routed.requestId,
      routeKey: routed.routeKey,
      stage: '$default',
      time: logTime(routed.now),
      timeEpoch: routed.now,
      ...(routed.claims
        ? {
            authorizer: {
              jwt: {
                claims: Object.fromEntries(
                  Object.entries(routed.claims).map(([name, value]) => [name, claimText(value)]),
                ),
                scopes: null,
              },
            },
          }
        : {}),
    },
    ...(request.body.length > 0
      ? isText(request)
        ? { body: request.body.toString(), isBase64Encoded: false }
        : { body: request.body.toString('base64'), isBase64Encoded: true }
      : { isBase64Encoded: false }),
  };
};

/** What a function's answer is on the wire: an object with a status code, or any JSON value as the body of a 200. */
export const toAnswer = (payload: unknown): HttpAnswer => {
  if (typeof payload !== 'object' || payload === null || !('statusCode' in payload)) {
    return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(payload) };
  }
  const {
    statusCode,
    headers = {},
    cookies,
    body = '',
    isBase64Encoded,
  } = payload as {
    statusCode: unknown;
    headers?: Readonly<Record<string, string | number | boolean>>;
    cookies?: readonly string[];
    body?: unknown;
    isBase64Encoded?: boolean;
  };
  const status = Number(statusCode);
  if (!Number.isInteger(status) || status < 200 || status > 599 || typeof body !== 'string') {
    return message(500, 'Internal Server Error');
  }
  const named = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
  return {
    status,
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      ...named,
      ...(cookies && cookies.length > 0 ? { 'set-cookie': cookies } : {}),
    },
    body: isBase64Encoded ? Buffer.from(body, 'base64') : body,
  };
};

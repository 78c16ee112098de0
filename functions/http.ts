import middy, { type MiddlewareObj } from '@middy/core';
import httpHeaderNormalizer from '@middy/http-header-normalizer';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { Invalid, statusOf } from './errors.ts';
import { log } from './log.ts';

/** A request as API Gateway hands it over (payload format 2.0), with the body as the bytes that were sent. */
export interface HttpRequest {
  /** Upper case. */
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** Names in lower case; repeated ones joined by commas. */
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** What the route's `{names}` stand for, decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** What the token says of who is signed in, checked by the gateway; empty where the route asks for none. */
  readonly claims: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** UTC milliseconds. */
  readonly receivedAt: number;
  readonly requestId: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** An answer of JSON that no cache keeps. */
export const json = (
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer => ({
  status,
  headers: {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headers,
  },
  body: JSON.stringify(value),
});

/** A page that no cache keeps, no other site may frame, and nothing in it may lead elsewhere. */
export const html = (
  status: number,
  page: string,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer => ({
  status,
  headers: {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy':
      "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    ...headers,
  },
  body: page,
});

/** What the body says, whatever content type it claims; Invalid if it is no JSON. */
export const readJson = (body: Buffer): unknown => {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw new Invalid('the body is not JSON', { cause });
  }
};

type HttpEvent = APIGatewayProxyEventV2 & {
  readonly requestContext: { readonly authorizer?: { readonly jwt?: { readonly claims?: object } } };
};
type HttpResult = APIGatewayProxyStructuredResultV2;

const present = (
  values: Readonly<Record<string, string | undefined>> | null | undefined,
): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values ?? {}).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );

const requestOf = (event: HttpEvent): HttpRequest => ({
  method: event.requestContext.http.method.toUpperCase(),
  path: event.rawPath,
  headers: present(event.headers),
  query: present(event.queryStringParameters),
  params: present(event.pathParameters),
  claims: claimsOf(event.requestContext.authorizer?.jwt?.claims),
  body: Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8'),
  receivedAt: Date.now(),
  requestId: event.requestContext.requestId,
});

/** Only texts: that is how the gateway hands claims over. */
const claimsOf = (claims: object = {}): Record<string, string> =>
  Object.fromEntries(
    Object.entries(claims).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
  );

/** Expected errors answer as JSON with their sentence; a bug answers 500 without details, which are in the log. */
const answerErrors = (): MiddlewareObj<HttpEvent, HttpResult> => ({
  onError: (request) => {
    const status = statusOf(request.error);
    if (status >= 500) log.error('request failed', { status, error: request.error });
    const message = status === 500 ? 'something went wrong' : (request.error?.message ?? '');
    request.response = resultOf(json(status, { error: message }));
  },
});

const resultOf = ({ status, headers, body }: HttpAnswer): HttpResult => ({
  statusCode: status,
  headers: { ...headers },
  ...(body === undefined ? {} : { body }),
});

export type HttpHandler = (event: HttpEvent, context: Context) => Promise<HttpResult>;

/**
 * The HTTP stack: headers in lower case, errors turned into answers, what else a function needs in `around`.
 * @example export const handler = onHttp(async ({ params }) => json(200, await lead(params.id)));
 */
export const onHttp = (
  handle: (request: HttpRequest) => Promise<HttpAnswer>,
  around: readonly MiddlewareObj<HttpEvent, HttpResult>[] = [],
): HttpHandler => {
  const stack = middy<HttpEvent, HttpResult>()
    .use(httpHeaderNormalizer() as MiddlewareObj<HttpEvent, HttpResult>)
    .use([...around])
    .use(answerErrors())
    .handler(async (event: HttpEvent) => resultOf(await handle(requestOf(event))));
  return stack;
};

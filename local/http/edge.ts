import { createContext, Script } from 'node:vm';
import { type HttpAnswer, type HttpRequest } from './message.ts';

/** Far beyond what such a function may take on AWS (1 ms of computing): it only ends one that would never end by itself. */
const LIMIT_MS = 5_000;

interface Value {
  readonly value: string;
  readonly multiValue?: readonly { readonly value: string }[];
}
type Values = Readonly<Record<string, Value>>;

interface EdgeRequest {
  readonly method: string;
  readonly uri: string;
  readonly querystring: Values;
  readonly headers: Values;
  readonly cookies: Values;
}
interface EdgeResponse {
  readonly statusCode: number;
  readonly headers?: Values;
  readonly body?: string | { readonly data: string; readonly encoding?: string };
}

const values = (pairs: Iterable<readonly [string, string]>): Values =>
  Object.fromEntries([...pairs].map(([name, value]) => [name, { value }]));

const headersOf = (request: HttpRequest): Values =>
  values(
    Object.entries(request.headers).flatMap(([name, value]) =>
      value === undefined || name === 'cookie' ? [] : [[name, [value].flat().join(',')] as const],
    ),
  );

const queryOf = (querystring: Values): string =>
  Object.entries(querystring)
    .flatMap(([name, { value, multiValue }]) =>
      (multiValue ?? [{ value }]).map((each) => `${name}=${each.value}`),
    )
    .join('&');

const answerOf = ({ statusCode, headers = {}, body = '' }: EdgeResponse): HttpAnswer => ({
  status: statusCode,
  headers: Object.fromEntries(
    Object.entries(headers).map(([name, { value }]) => [name.toLowerCase(), value]),
  ),
  body:
    typeof body === 'string' ? body : Buffer.from(body.data, body.encoding === 'base64' ? 'base64' : 'utf8'),
});

/** A function of CloudFront's own kind, which sees each request of a viewer before any origin does. */
export const createEdge = (name: string, code: string) => {
  const context = createContext({ console: { log: () => {}, error: () => {} } }, { name });
  new Script(code, { filename: name }).runInContext(context, { timeout: LIMIT_MS });
  const call = new Script('handler(JSON.parse(event))');
  /** The request to go on with, or an answer instead. */
  return async (request: HttpRequest): Promise<{ request: HttpRequest } | { answer: HttpAnswer }> => {
    const seen: EdgeRequest = {
      method: request.method,
      uri: request.path,
      querystring: values(
        request.query.split('&').flatMap((each) => {
          if (each === '') return [];
          const [key = '', ...rest] = each.split('=');
          return [[key, rest.join('=')] as const];
        }),
      ),
      headers: headersOf(request),
      cookies: {},
    };
    const event = {
      version: '1.0',
      context: { eventType: 'viewer-request' },
      viewer: { ip: request.ip },
      request: seen,
    };
    context.event = JSON.stringify(event);
    const result = (await call.runInContext(context, { timeout: LIMIT_MS })) as EdgeRequest | EdgeResponse;
    if ('statusCode' in result) return { answer: answerOf(result) };
    const { cookie } = request.headers;
    const headers = Object.fromEntries(
      Object.entries(result.headers).map(([key, { value }]) => [key, value]),
    );
    return {
      request: {
        ...request,
        path: result.uri,
        query: queryOf(result.querystring),
        headers: cookie === undefined ? headers : { ...headers, cookie },
      },
    };
  };
};

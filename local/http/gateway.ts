import { randomUUID } from 'node:crypto';
import { type Issuer } from '../issuer.ts';
import { type Clock, type Invoke, type Resource } from '../service.ts';
import { ACCOUNT, REGION } from '../template/identity.ts';
import { toAnswer, toEvent, type Claims } from './payload.ts';
import { message, type HttpAnswer, type HttpRequest } from './message.ts';

/** API Gateway waits this long for a function, ms. */
const INTEGRATION_MS = 30_000;

/** Resources: AWS::ApiGatewayV2::Api, Stage, Route, Integration, Authorizer. */
export interface GatewayDeps {
  readonly resources: readonly Resource[];
  readonly invoke: Invoke;
  readonly issuer: Issuer;
  readonly clock: Clock;
  /** Local addresses in place of AWS's own. */
  readonly localized: (text: string) => string;
  readonly log: (line: string) => void;
}

interface Route {
  readonly key: string;
  readonly method: string;
  readonly segments: readonly string[];
  readonly functionArn: string;
  readonly authorizer: { readonly issuer: string; readonly audience: readonly string[] } | undefined;
}

interface Cors {
  readonly AllowOrigins?: readonly string[];
  readonly AllowMethods?: readonly string[];
  readonly AllowHeaders?: readonly string[];
  readonly ExposeHeaders?: readonly string[];
  readonly AllowCredentials?: boolean;
  readonly MaxAge?: number;
}

const decoded = (segment: string): string => {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
};

/** The parameters that a path gives a route; undefined when it is not the route's. */
const matchPath = (
  segments: readonly string[],
  path: readonly string[],
): Record<string, string> | undefined => {
  const parameters: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const greedy = /^\{(.+)\+\}$/.exec(segment);
    const given = path[index];
    if (greedy) {
      // A last slash with nothing behind it is the route's, too: the gateway refuses routes that end in a slash.
      if (given === undefined) return undefined;
      parameters[greedy[1] ?? ''] = path.slice(index).map(decoded).join('/');
      return parameters;
    }
    if (given === undefined) return undefined;
    const name = /^\{(.+)\}$/.exec(segment)?.[1];
    if (name === undefined ? segment !== given : given === '') return undefined;
    if (name !== undefined) parameters[name] = decoded(given);
  }
  return segments.length === path.length ? parameters : undefined;
};

/** How exactly a route says its path: literal segments first, greedy ones last, a named method before ANY. */
const exactness = ({ key, method, segments }: Route): string =>
  key === '$default'
    ? ''
    : `${segments.map((each) => (each.endsWith('+}') ? '1' : each.startsWith('{') ? '2' : '3')).join('')}${method === 'ANY' ? '0' : '9'}`;

const corsHeaders = (cors: Cors, origin: string): Record<string, string> => {
  const allowed = cors.AllowOrigins?.includes('*')
    ? '*'
    : cors.AllowOrigins?.includes(origin)
      ? origin
      : undefined;
  if (allowed === undefined) return {};
  return {
    'access-control-allow-origin': allowed,
    ...(cors.AllowCredentials ? { 'access-control-allow-credentials': 'true' } : {}),
    ...(cors.ExposeHeaders ? { 'access-control-expose-headers': cors.ExposeHeaders.join(',') } : {}),
  };
};

const preflight = (cors: Cors, origin: string): HttpAnswer => ({
  status: 204,
  headers: {
    ...corsHeaders(cors, origin),
    ...(cors.AllowMethods ? { 'access-control-allow-methods': cors.AllowMethods.join(',') } : {}),
    ...(cors.AllowHeaders ? { 'access-control-allow-headers': cors.AllowHeaders.join(',') } : {}),
    ...(cors.MaxAge === undefined ? {} : { 'access-control-max-age': String(cors.MaxAge) }),
  },
  body: '',
});

export interface Gateway {
  /** Names under which CloudFront knows the API as an origin. */
  readonly domain: string;
  readonly handle: (request: HttpRequest) => Promise<HttpAnswer>;
}

/** An HTTP API: routes, JWT authorizers and Lambda integrations with payload format 2.0. */
export const createGateway = (api: Resource, deps: GatewayDeps): Gateway => {
  const own = deps.resources.filter(({ properties }) => properties.ApiId === api.ref);
  const named = (type: string, ref: string): Resource => {
    const found = own.find((each) => each.type === type && each.ref === ref);
    if (!found) throw new Error(`Template: ${api.logicalId} has no ${type} ${ref}`);
    return found;
  };
  const stage = own.find(({ type }) => type === 'AWS::ApiGatewayV2::Stage');
  const stageName = (stage?.properties.StageName as string | undefined) ?? '$default';
  if (stageName !== '$default') throw new Error(`Template: stage ${stageName}: only $default runs locally`);
  const cors = api.properties.CorsConfiguration as Cors | undefined;

  const routes = own
    .filter(({ type }) => type === 'AWS::ApiGatewayV2::Route')
    .map(({ logicalId, properties }): Route => {
      const key = properties.RouteKey as string;
      const [method = '', path = ''] = key.split(' ');
      const integration = named(
        'AWS::ApiGatewayV2::Integration',
        String(properties.Target).replace('integrations/', ''),
      ).properties;
      if (integration.IntegrationType !== 'AWS_PROXY' || integration.PayloadFormatVersion !== '2.0') {
        throw new Error(`Template: ${logicalId}: only AWS_PROXY with payload format 2.0 runs locally`);
      }
      const kind = (properties.AuthorizationType as string | undefined) ?? 'NONE';
      if (kind !== 'NONE' && kind !== 'JWT')
        throw new Error(`Template: ${logicalId}: authorization ${kind} does not run locally`);
      const jwt =
        kind === 'JWT'
          ? (named('AWS::ApiGatewayV2::Authorizer', String(properties.AuthorizerId)).properties
              .JwtConfiguration as {
              Issuer: string;
              Audience: string[];
            })
          : undefined;
      return {
        key,
        method,
        segments: path.split('/').slice(1),
        functionArn: integration.IntegrationUri as string,
        authorizer: jwt && { issuer: deps.localized(jwt.Issuer), audience: jwt.Audience },
      };
    })
    .sort((left, right) => (exactness(left) < exactness(right) ? 1 : -1));

  const find = (request: HttpRequest): { route: Route; parameters: Record<string, string> } | undefined => {
    const path = request.path.split('/').slice(1);
    for (const route of routes) {
      if (route.key === '$default') return { route, parameters: {} };
      if (route.method !== 'ANY' && route.method !== request.method) continue;
      const parameters = matchPath(route.segments, path);
      if (parameters) return { route, parameters };
    }
    return undefined;
  };

  const claimsOf = async (route: Route, request: HttpRequest): Promise<Claims | undefined> => {
    if (!route.authorizer) return undefined;
    const token = (request.headers.authorization ?? '').replace(/^Bearer /i, '');
    return deps.issuer.verify(token, route.authorizer.issuer, route.authorizer.audience);
  };

  const call = async (request: HttpRequest): Promise<HttpAnswer> => {
    const found = find(request);
    if (!found) return message(404, 'Not Found');
    const { route, parameters } = found;
    const claims = await claimsOf(route, request);
    if (route.authorizer && !claims) {
      const { status, headers, body } = message(401, 'Unauthorized');
      return {
        status,
        headers: { ...headers, 'www-authenticate': 'Bearer scope="" error="invalid_token"' },
        body,
      };
    }
    const event = toEvent(request, {
      routeKey: route.key,
      parameters,
      claims,
      apiId: api.ref,
      stageVariables: stage?.properties.StageVariables as Record<string, string> | undefined,
      requestId: randomUUID(),
      now: deps.clock.now(),
    });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), INTEGRATION_MS);
    });
    try {
      const source = `arn:aws:execute-api:${REGION}:${ACCOUNT}:${api.ref}/$default/${route.method}${route.key.replace(/^\S+ ?/, '')}`;
      const invoked = await Promise.race([
        late,
        deps.invoke(route.functionArn, event, {
          kind: 'service',
          service: 'apigateway.amazonaws.com',
          sourceArn: source,
        }),
      ]);
      if (invoked === undefined) return message(503, 'Service Unavailable');
      if ('error' in invoked) {
        deps.log(
          `${request.method} ${request.path}: ${invoked.error.errorType}: ${invoked.error.errorMessage}`,
        );
        return message(500, 'Internal Server Error');
      }
      return toAnswer(invoked.payload);
    } catch (error) {
      deps.log(`${request.method} ${request.path}: ${String(error)}`);
      return message(500, 'Internal Server Error');
    } finally {
      clearTimeout(timer);
    }
  };

  return {
    domain: `${api.ref}.execute-api.${REGION}.amazonaws.com`,
    handle: async (request) => {
      const origin = request.headers.origin;
      if (!cors || origin === undefined) return call(request);
      if (request.method === 'OPTIONS') return preflight(cors, origin);
      const { status, headers, body } = await call(request);
      return { status, headers: { ...headers, ...corsHeaders(cors, origin) }, body };
    },
  };
};

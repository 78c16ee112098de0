import { like } from '../policies/statement.ts';
import { type Resource } from '../service.ts';
import { createEdge } from './edge.ts';
import { type Gateway } from './gateway.ts';
import { message, type HttpAnswer, type HttpRequest } from './message.ts';
import { type Site } from './site.ts';

interface Behavior {
  readonly PathPattern?: string;
  readonly TargetOriginId: string;
  readonly AllowedMethods?: readonly string[];
  readonly OriginRequestPolicyId?: string;
  readonly ResponseHeadersPolicyId?: string;
  readonly FunctionAssociations?: readonly { readonly EventType: string; readonly FunctionARN: string }[];
  readonly LambdaFunctionAssociations?: readonly unknown[];
}
interface Origin {
  readonly Id: string;
  readonly DomainName: string;
  readonly OriginPath?: string;
}
interface ErrorResponse {
  readonly ErrorCode: number;
  readonly ResponseCode?: number;
  readonly ResponsePagePath?: string;
}
interface Configuration {
  readonly DefaultCacheBehavior: Behavior;
  readonly CacheBehaviors?: readonly Behavior[];
  readonly Origins: readonly Origin[];
  readonly DefaultRootObject?: string;
  readonly CustomErrorResponses?: readonly ErrorResponse[];
}

/** Resources: AWS::CloudFront::Distribution, Function, ResponseHeadersPolicy; AWS::S3::Bucket. */
export interface DistributionDeps {
  readonly resources: readonly Resource[];
  readonly gateways: readonly Gateway[];
  readonly site: Site;
  /** Local addresses in place of AWS's own. */
  readonly localized: (text: string) => string;
}

type Handle = (request: HttpRequest) => Promise<HttpAnswer>;
type HeaderRule = { readonly name: string; readonly value: string; readonly override: boolean };

interface Overriding {
  readonly Override?: boolean;
}
interface SecurityHeaders {
  readonly ContentSecurityPolicy?: Overriding & { readonly ContentSecurityPolicy: string };
  readonly ContentTypeOptions?: Overriding;
  readonly FrameOptions?: Overriding & { readonly FrameOption: string };
  readonly ReferrerPolicy?: Overriding & { readonly ReferrerPolicy: string };
  readonly StrictTransportSecurity?: Overriding & {
    readonly AccessControlMaxAgeSec: number;
    readonly IncludeSubdomains?: boolean;
  };
}

const headerRules = (policy: Resource, localized: (text: string) => string): HeaderRule[] => {
  const { SecurityHeadersConfig: security = {}, CustomHeadersConfig: custom = { Items: [] } } = policy
    .properties.ResponseHeadersPolicyConfig as {
    SecurityHeadersConfig?: SecurityHeaders;
    CustomHeadersConfig?: { Items: { Header: string; Value: string; Override: boolean }[] };
  };
  const rules: HeaderRule[] = [];
  const add = (name: string, value: string | undefined, from: Overriding | undefined): void => {
    if (from && value !== undefined)
      rules.push({ name, value: localized(value), override: from.Override ?? false });
  };
  const { ContentSecurityPolicy: csp, StrictTransportSecurity: hsts } = security;
  add('content-security-policy', csp?.ContentSecurityPolicy, csp);
  add('x-content-type-options', 'nosniff', security.ContentTypeOptions);
  add('x-frame-options', security.FrameOptions?.FrameOption, security.FrameOptions);
  add('referrer-policy', security.ReferrerPolicy?.ReferrerPolicy, security.ReferrerPolicy);
  add(
    'strict-transport-security',
    `max-age=${hsts?.AccessControlMaxAgeSec}${hsts?.IncludeSubdomains ? '; includeSubDomains' : ''}`,
    hsts,
  );
  for (const { Header, Value, Override } of custom.Items) add(Header.toLowerCase(), Value, { Override });
  return rules;
};

/** Without an origin request policy CloudFront keeps these from an origin. */
const withheld = (request: HttpRequest): HttpRequest => {
  const { authorization: _a, cookie: _c, origin: _o, ...headers } = request.headers;
  return { ...request, query: '', headers };
};

/** A CloudFront distribution without its cache: behaviours by path, a bucket or an HTTP API behind each. */
export const createDistribution = (distribution: Resource, deps: DistributionDeps): Handle => {
  const config = distribution.properties.DistributionConfig as Configuration;
  const fail = (problem: string): never => {
    throw new Error(`Template: ${distribution.logicalId}: ${problem}`);
  };

  const originOf = (id: string): Handle => {
    const origin = config.Origins.find(({ Id }) => Id === id) ?? fail(`there is no origin ${id}`);
    const path = origin.OriginPath ?? '';
    const gateway = deps.gateways.find(({ domain }) => domain === origin.DomainName);
    if (gateway) return (request) => gateway.handle({ ...request, path: path + request.path });
    const bucket =
      deps.resources.find(
        ({ type, ref }) => type === 'AWS::S3::Bucket' && origin.DomainName.startsWith(`${ref}.s3.`),
      ) ?? fail(`origin ${origin.DomainName} is neither a bucket nor an API of the template`);
    return (request) => {
      let key;
      try {
        key = decodeURIComponent(path + request.path);
      } catch {
        return Promise.resolve(message(400, 'Bad Request'));
      }
      return deps.site.get(bucket.ref, key.replace(/^\//, ''));
    };
  };

  const edgeOf = (behavior: Behavior) => {
    if (behavior.LambdaFunctionAssociations?.length) fail('functions at the edge do not run locally');
    return (behavior.FunctionAssociations ?? []).map(({ EventType, FunctionARN }) => {
      if (EventType !== 'viewer-request') fail(`functions on ${EventType} do not run locally`);
      const found = deps.resources.find(
        ({ type, arn }) => type === 'AWS::CloudFront::Function' && arn === FunctionARN,
      );
      const code = found?.properties.FunctionCode as string | undefined;
      return createEdge(FunctionARN, code ?? fail(`there is no function ${FunctionARN}`));
    });
  };

  const behaviors = [...(config.CacheBehaviors ?? []), config.DefaultCacheBehavior].map((behavior) => {
    const policy = deps.resources.find(
      ({ type, ref }) =>
        type === 'AWS::CloudFront::ResponseHeadersPolicy' && ref === behavior.ResponseHeadersPolicyId,
    );
    return {
      pattern: (behavior.PathPattern ?? '*').replace(/^(?=[^/*])/, '/'),
      methods: behavior.AllowedMethods ?? ['GET', 'HEAD'],
      forwardsAll: behavior.OriginRequestPolicyId !== undefined,
      origin: originOf(behavior.TargetOriginId),
      edges: edgeOf(behavior),
      headers: policy ? headerRules(policy, deps.localized) : [],
    };
  });
  const behaviorOf = (path: string) =>
    behaviors.find(({ pattern }) => like(pattern, path)) ?? fail(`no behaviour takes ${path}`);

  const fetchOnce = async (asked: HttpRequest): Promise<HttpAnswer> => {
    const { methods, edges, origin, headers, forwardsAll } = behaviorOf(asked.path);
    if (!methods.includes(asked.method)) return message(403, 'This distribution does not allow this method.');
    let request = asked;
    for (const edge of edges) {
      const result = await edge(request);
      if ('answer' in result) return result.answer;
      request = result.request;
    }
    if (request.path === '/' && config.DefaultRootObject)
      request = { ...request, path: `/${config.DefaultRootObject}` };
    const answer = await origin(forwardsAll ? request : withheld(request));
    const added = headers.filter(({ name, override }) => override || answer.headers[name] === undefined);
    return {
      ...answer,
      headers: { ...answer.headers, ...Object.fromEntries(added.map(({ name, value }) => [name, value])) },
    };
  };

  return async (request) => {
    const answer = await fetchOnce(request);
    const replaced = config.CustomErrorResponses?.find(({ ErrorCode }) => ErrorCode === answer.status);
    if (!replaced?.ResponsePagePath) return answer;
    const page = await fetchOnce({ ...request, method: 'GET', path: replaced.ResponsePagePath, query: '' });
    return { ...page, status: replaced.ResponseCode ?? answer.status };
  };
};

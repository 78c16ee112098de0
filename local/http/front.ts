import { type Issuer } from '../issuer.ts';
import { type Clock, type Invoke } from '../service.ts';
import { type Template } from '../template.ts';
import { createDistribution } from './distribution.ts';
import { createGateway } from './gateway.ts';
import { message, type HttpAnswer, type HttpRequest } from './message.ts';
import { createSite } from './site.ts';

/** What the world sees of the stack: its distribution; without one its HTTP API; without either, nothing. */
export const createFront = (deps: {
  readonly template: Template;
  readonly invoke: Invoke;
  readonly issuer: Issuer;
  readonly clock: Clock;
  readonly localized: (text: string) => string;
  readonly log: (line: string) => void;
}): ((request: HttpRequest) => Promise<HttpAnswer>) => {
  const { template, localized } = deps;
  const parts = template.ofType(
    'AWS::ApiGatewayV2::Stage',
    'AWS::ApiGatewayV2::Route',
    'AWS::ApiGatewayV2::Integration',
    'AWS::ApiGatewayV2::Authorizer',
  );
  const gateways = template
    .ofType('AWS::ApiGatewayV2::Api')
    .map((api) => createGateway(api, { ...deps, resources: parts }));
  const [distribution, more] = template.ofType('AWS::CloudFront::Distribution');
  if (more) throw new Error('Template: more than one distribution does not run locally');
  if (!distribution) {
    return gateways[0]?.handle ?? (() => Promise.resolve(message(404, 'Not Found')));
  }
  return createDistribution(distribution, {
    gateways,
    localized,
    resources: template.ofType(
      'AWS::S3::Bucket',
      'AWS::CloudFront::Function',
      'AWS::CloudFront::ResponseHeadersPolicy',
    ),
    site: createSite(template.ofType('Custom::CDKBucketDeployment'), template.asset, localized),
  });
};

import { type Template } from './template.ts';
import { REGION } from './template/identity.ts';

/** Replaces the addresses that AWS would serve by the local ones that stand in for them: what names and certificates
 *  do in AWS.
 *  @param url of the HTTP port
 *  @param issuerUrl of the token issuer
 *  @param queueUrl of the queue service's endpoint */
export const localAddresses = (
  template: Template,
  { url, issuerUrl, queueUrl }: { url: string; issuerUrl: string; queueUrl: () => string },
): ((text: string) => string) => {
  const pairs: [string, () => string][] = [];
  const attribute = (logicalId: string, name: string): string => template.attribute(logicalId, name);
  for (const { logicalId, properties } of template.ofType('AWS::CloudFront::Distribution')) {
    pairs.push([`https://${attribute(logicalId, 'DomainName')}`, () => url]);
    const { Aliases = [] } = properties.DistributionConfig as { Aliases?: string[] };
    for (const alias of Aliases) pairs.push([`https://${alias}`, () => url]);
  }
  for (const { logicalId } of template.ofType('AWS::ApiGatewayV2::Api')) {
    pairs.push([attribute(logicalId, 'ApiEndpoint'), () => url]);
  }
  for (const { logicalId } of template.ofType('AWS::Cognito::UserPool')) {
    pairs.push([attribute(logicalId, 'ProviderURL'), () => issuerUrl]);
  }
  for (const { ref } of template.ofType('AWS::Cognito::UserPoolDomain')) {
    pairs.push([`https://${ref}.auth.${REGION}.amazoncognito.com`, () => issuerUrl]);
  }
  pairs.push([`https://sqs.${REGION}.amazonaws.com`, queueUrl]);
  return (text) =>
    pairs.reduce((now, [aws, local]) => (now.includes(aws) ? now.replaceAll(aws, local()) : now), text);
};

import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';

const ROOT = join(import.meta.dirname, '..', '..');
/** ES modules that bundle CommonJS need a `require`, as the product's own bundles do. */
const BANNER = "import { createRequire as $cr } from 'node:module'; const require = $cr(import.meta.url);";

export interface Parts {
  readonly Parameters?: object;
  readonly Conditions?: object;
  readonly Mappings?: object;
  readonly Resources: Readonly<Record<string, object>>;
  readonly Outputs?: object;
}

/** A folder with a template, its assets and a place for data; gone when `remove` is called. */
export interface Stack {
  readonly template: string;
  readonly manifest: string;
  readonly data: string;
  readonly remove: () => void;
}

/** Writes a template by hand, with its assets: a file's name to its text, folder by folder. */
export const writeStack = (
  parts: Parts,
  assets: Readonly<Record<string, Readonly<Record<string, string>>>> = {},
  dir: string = mkdtempSync(join(tmpdir(), 'kindling-stack-')),
): Stack => {
  const files: Record<string, object> = {};
  for (const [key, contents] of Object.entries(assets)) {
    mkdirSync(join(dir, `asset.${key}`), { recursive: true });
    for (const [name, text] of Object.entries(contents)) writeFileSync(join(dir, `asset.${key}`, name), text);
    files[key] = {
      source: { path: `asset.${key}`, packaging: 'zip' },
      destinations: { here: { bucketName: 'assets', objectKey: `${key}.zip` } },
    };
  }
  const stack = {
    template: join(dir, 'Kindling.template.json'),
    manifest: join(dir, 'Kindling.assets.json'),
    data: join(dir, 'data'),
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
  writeFileSync(stack.template, JSON.stringify(parts));
  writeFileSync(stack.manifest, JSON.stringify({ version: '55.0.0', files }));
  return stack;
};

/** A bundle as the product's are: one ES module that may import the SDK. */
export const bundled = async (source: string): Promise<string> => {
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: ROOT, loader: 'ts' },
    bundle: true,
    write: false,
    minify: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    mainFields: ['module', 'main'],
    banner: { js: BANNER },
  });
  return outputFiles[0]?.text ?? '';
};

export const get = (logicalId: string, attribute = 'Arn') => ({ 'Fn::GetAtt': [logicalId, attribute] });
export const ref = (name: string) => ({ Ref: name });

/** A role whose inline policy allows the given actions, each with its resources. */
export const role = (allowed: readonly (readonly [string | string[], unknown])[] = []) => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {},
    Policies: [
      {
        PolicyName: 'own',
        PolicyDocument: {
          Statement: allowed.map(([Action, Resource]) => ({ Effect: 'Allow', Action, Resource })),
        },
      },
    ],
  },
});

/** A function whose code is the asset of that name, with a role `<name>Role` that must be given too. */
export const lambda = (asset: string, environment: object = {}, properties: object = {}) => ({
  Type: 'AWS::Lambda::Function',
  Properties: {
    Code: { S3Bucket: 'assets', S3Key: `${asset}.zip` },
    Handler: 'index.handler',
    Runtime: 'nodejs24.x',
    Role: get(`${asset}Role`),
    Environment: { Variables: environment },
    Timeout: 5,
    ...properties,
  },
});

/** An HTTP API with a route to each function, which it may call.
 *  @param routes the logical id of a function by route key */
export const httpApi = (
  routes: Readonly<Record<string, string>>,
  authorizers: Readonly<Record<string, string>> = {},
  api: object = {},
): Record<string, object> => {
  const made: Record<string, object> = {
    Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'api', ProtocolType: 'HTTP', ...api } },
    Stage: {
      Type: 'AWS::ApiGatewayV2::Stage',
      Properties: { ApiId: ref('Api'), StageName: '$default', StageVariables: { colour: 'red' } },
    },
  };
  Object.entries(routes).forEach(([key, functionId], index) => {
    made[`Integration${index}`] = {
      Type: 'AWS::ApiGatewayV2::Integration',
      Properties: {
        ApiId: ref('Api'),
        IntegrationType: 'AWS_PROXY',
        IntegrationUri: get(functionId),
        PayloadFormatVersion: '2.0',
      },
    };
    made[`Route${index}`] = {
      Type: 'AWS::ApiGatewayV2::Route',
      Properties: {
        ApiId: ref('Api'),
        RouteKey: key,
        Target: { 'Fn::Join': ['', ['integrations/', ref(`Integration${index}`)]] },
        ...(authorizers[key] === undefined
          ? {}
          : { AuthorizationType: 'JWT', AuthorizerId: ref(authorizers[key]) }),
      },
    };
    made[`Permission${index}`] = {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        Action: 'lambda:InvokeFunction',
        FunctionName: get(functionId),
        Principal: 'apigateway.amazonaws.com',
        SourceArn: {
          'Fn::Sub': `arn:\${AWS::Partition}:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${Api}/*/*${key.split(' ')[1] ?? ''}`,
        },
      },
    };
  });
  return made;
};

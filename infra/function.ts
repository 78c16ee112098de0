import { join } from 'node:path';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, type CfnFunction, Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

/** The path of a function's bundle, by the name of its file in `functions/`. */
export type Bundles = (name: string) => string;

/** Where bundles lie side by side. */
export const bundlesIn =
  (folder: string): Bundles =>
  (name) =>
    join(folder, name);

export interface BundledFunctionProps {
  /** A folder with `index.mjs`. */
  readonly bundle: string;
  readonly description: string;
  readonly environment: Readonly<Record<string, string>>;
  /** @default 10 s */
  readonly timeout?: Duration;
  /** Megabytes; the share of a core grows with it. @default 512 */
  readonly memorySize?: number;
}

/** A function with a role and a log group of its own. It may write its log; everything else is granted where it is wired. */
export class BundledFunction extends Function {
  constructor(scope: Construct, id: string, props: BundledFunctionProps) {
    const logGroup = new LogGroup(scope, `${id}Log`, {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    super(scope, id, {
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: Code.fromAsset(props.bundle),
      timeout: props.timeout ?? Duration.seconds(10),
      memorySize: props.memorySize ?? 512,
      environment: { POWERTOOLS_SERVICE_NAME: 'kindling', ...props.environment },
      role,
      logGroup,
    });
    logGroup.grantWrite(role);
    // What people read in AWS, in alarms and in the local runtime's records.
    (this.node.defaultChild as CfnFunction).overrideLogicalId(id);
  }
}

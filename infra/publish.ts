import { CustomResource, Duration } from 'aws-cdk-lib';
import { Construct, type IConstruct } from 'constructs';
import { BundledFunction, type Bundles } from './function.ts';
import type { Rescore } from './rescore.ts';
import type { Storage } from './storage.ts';

export interface PublishProps {
  /** The bundle of `publish` has the ruleset beside it. */
  readonly bundles: Bundles;
  readonly storage: Storage;
  readonly rescore: Rescore;
  /** The name of the ruleset that lies beside the bundle. */
  readonly hash: string;
  /** JSON: journey → its state machine. Hundreds of them fit no function's environment; the table has room. */
  readonly machines: string;
  /** What must be there before leads are scored by these rules. */
  readonly after: readonly IConstruct[];
}

/** Writes the ruleset into the table, and makes it the one that counts, at every deploy that changes it. */
export class Publish extends Construct {
  readonly publish: BundledFunction;

  constructor(
    scope: Construct,
    id: string,
    { bundles, storage, rescore, hash, machines, after }: PublishProps,
  ) {
    super(scope, id);
    this.publish = new BundledFunction(this, 'Publish', {
      description: 'Publishes rulesets, and switches between them',
      bundle: bundles('publish'),
      environment: { TABLE_NAME: storage.table.tableName },
      timeout: Duration.minutes(2),
      memorySize: 1024,
    });
    storage.allow(this.publish, 'GetItem', 'Query', 'PutItem', 'DeleteItem');
    rescore.allowStart(this.publish);
    const ruleset = new CustomResource(this, 'Ruleset', {
      resourceType: 'Custom::Ruleset',
      serviceToken: this.publish.functionArn,
      serviceTimeout: Duration.minutes(5),
      properties: { Hash: hash, Machines: machines },
    });
    // The log group and the role's policy are needed by then, too.
    ruleset.node.addDependency(this.publish, ...after);
  }
}

import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, ProjectionType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

/** Keys only: an index finds leads, the table tells about them. */
const INDEXES = ['due', 'band', 'name', 'account', 'handoff'] as const;
export type IndexName = (typeof INDEXES)[number];

/** What one item, or the items of one key, may be done with. */
export type TableAction = 'GetItem' | 'BatchGetItem' | 'Query' | 'PutItem' | 'UpdateItem' | 'DeleteItem';

const text = (name: string) => ({ name, type: AttributeType.STRING });

/** The one table: events, leads, keys of identity, rulesets, claims. It outlives the stack. */
export class Storage extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.table = new Table(this, 'Table', {
      partitionKey: text('pk'),
      sortKey: text('sk'),
      billingMode: BillingMode.PAY_PER_REQUEST,
      timeToLiveAttribute: 'ttl',
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    for (const name of INDEXES)
      this.table.addGlobalSecondaryIndex({
        indexName: name,
        partitionKey: text(`${name}Pk`),
        sortKey: text(`${name}Sk`),
        projectionType: ProjectionType.KEYS_ONLY,
      });
  }

  /** Lets `grantee` do these things to items of the table, and nothing to its indexes. */
  allow(grantee: IGrantable, ...actions: readonly TableAction[]): void {
    Grant.addToPrincipal({
      grantee,
      actions: actions.map((action) => `dynamodb:${action}`),
      resourceArns: [this.table.tableArn],
    });
  }

  /** Lets `grantee` look through these indexes. */
  allowIndex(grantee: IGrantable, action: 'Query' | 'Scan', ...indexes: readonly IndexName[]): void {
    Grant.addToPrincipal({
      grantee,
      actions: [`dynamodb:${action}`],
      resourceArns: indexes.map((name) => `${this.table.tableArn}/index/${name}`),
    });
  }
}

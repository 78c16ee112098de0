import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Bus } from './bus.ts';
import { BundledFunction, type Bundles } from './function.ts';
import { SCORE_TIMEOUT, SHARDS } from './functions.ts';
import { WorkQueue } from './queue.ts';
import type { Storage } from './storage.ts';

/**
 * How long a request to roll an account up is held back: what its people do meanwhile is one roll-up, and yet nobody
 * waits for a minute. Whoever asks is done before, since it is longer than a scorer may run.
 */
const HELD_BACK = Duration.seconds(45);
/** Ten accounts a batch, each with as many people as a company has. */
const TIMEOUT = Duration.minutes(2);

export interface AccountsProps {
  readonly bundles: Bundles;
  readonly storage: Storage;
  readonly bus: Bus;
}

/** Adds the people of accounts up: the queue of those whose people have changed, and the function that does it. */
export class Accounts extends Construct {
  readonly accounts: BundledFunction;
  readonly requests: WorkQueue;

  constructor(scope: Construct, id: string, { bundles, storage, bus }: AccountsProps) {
    super(scope, id);
    if (HELD_BACK.toSeconds() <= SCORE_TIMEOUT.toSeconds())
      throw new Error('a roll-up may begin before the scorer that asked for it is done');
    this.accounts = new BundledFunction(this, 'Accounts', {
      description: 'Adds the people of accounts up',
      bundle: bundles('accounts'),
      environment: { TABLE_NAME: storage.table.tableName, BUS_NAME: bus.bus.eventBusName, ...SHARDS },
      timeout: TIMEOUT,
      memorySize: 1024,
    });
    storage.allow(this.accounts, 'GetItem', 'BatchGetItem', 'Query', 'PutItem', 'DeleteItem');
    storage.allowIndex(this.accounts, 'Query', 'account');
    bus.allowPut(this.accounts);

    this.requests = new WorkQueue(this, 'Requests', { timeout: TIMEOUT, delay: HELD_BACK });
    this.requests.consumedBy(this.accounts, { maxConcurrency: 5 });
    bus.route('RollUp', this.requests, { source: ['kindling.accounts'], detailType: ['account.roll-up'] });
  }
}

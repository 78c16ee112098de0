import { type Lambda } from './lambda.ts';
import {
  AwsError,
  type Access,
  type Bus,
  type BusEntry,
  type Deliver,
  type Queue,
  type States,
} from './service.ts';

/** Everything that a rule, a schedule or an event destination can name as its target. */
export interface Targets {
  readonly access: Access;
  readonly lambda: Lambda;
  readonly bus: Bus;
  readonly queue: Queue;
  readonly states: States;
}

/** Hands things to whatever an ARN names, if the template's policies let the sender.
 *  @param ready resolves when everything is there */
export const createDelivery =
  (ready: Promise<Targets>): Deliver =>
  async (targetArn, body, as, options) => {
    const { access, lambda, bus, queue, states } = await ready;
    switch (targetArn.split(':')[2]) {
      case 'lambda': {
        const invoked = await lambda.invoke(targetArn, body, as);
        if ('error' in invoked) throw new Error(`${invoked.error.errorType}: ${invoked.error.errorMessage}`);
        return;
      }
      case 'sqs':
        access.allow(as, 'sqs:SendMessage', targetArn);
        return queue.send(targetArn, typeof body === 'string' ? body : JSON.stringify(body), options);
      case 'events':
        // SES needs no policy to tell an account's own default bus.
        if (as.kind !== 'service' || as.service !== 'ses.amazonaws.com' || !targetArn.endsWith('/default')) {
          access.allow(as, 'events:PutEvents', targetArn);
        }
        return bus.put(targetArn, body as BusEntry[]);
      case 'states':
        access.allow(as, 'states:StartExecution', targetArn);
        return states.start(targetArn, body);
      default:
        throw new AwsError('ValidationException', `${targetArn} cannot be a target on one machine`);
    }
  };

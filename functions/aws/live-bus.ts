import {
  EventBridgeClient,
  type PutEventsCommand,
  type PutEventsCommandOutput,
} from '@aws-sdk/client-eventbridge';
import { OFTEN } from './client.ts';
import { leanCall } from './lean.ts';

/** What is asked of a bus. */
export interface BusClient {
  send(command: PutEventsCommand): Promise<Omit<PutEventsCommandOutput, '$metadata'>>;
}

/** The bus as functions use it; one a function, made where it starts. */
export const liveBus = (): BusClient => {
  // Set where EventBridge is somewhere else than at AWS; the SDK would read it too, but only as it sends.
  const endpoint = process.env['AWS_ENDPOINT_URL_EVENTBRIDGE'];
  const client = new EventBridgeClient({ ...OFTEN, ...(endpoint === undefined ? {} : { endpoint }) });
  const call = leanCall(client, {
    name: 'events',
    target: 'AWSEvents',
    contentType: 'application/x-amz-json-1.1',
  });
  return { send: ({ input }) => call('PutEvents', input) };
};

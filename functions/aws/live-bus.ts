import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { often, OFTEN } from './client.ts';

/** The bus as functions use it; one a function, made where it starts. */
export const liveBus = (): EventBridgeClient => often(new EventBridgeClient(OFTEN));

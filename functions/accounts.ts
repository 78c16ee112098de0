import { createAccounts } from './accounts/handle.ts';
import { rememberLogs } from './accounts/remembered.ts';
import { scorePorts } from './aws/score-ports.ts';

/** Adds the people of accounts up, as their queue asks. */
export const handler = createAccounts({ ...scorePorts(), remembered: rememberLogs() });

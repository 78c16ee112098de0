import { Logger } from '@aws-lambda-powertools/logger';

/** One JSON line a decision: ids and numbers, never an address or an IP. Named by POWERTOOLS_SERVICE_NAME. */
export const log = new Logger();

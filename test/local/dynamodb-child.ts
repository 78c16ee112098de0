/** DynamoDB in a process of its own, to be killed: `node dynamodb-child.ts FOLDER` prints its address. */
import { startDynamodb } from '../../local/dynamodb.ts';
import { recordingAccess, standingClock } from './surroundings.ts';

const { endpoint } = await startDynamodb({
  dir: process.argv[2]!,
  clock: standingClock(0),
  access: { ...recordingAccess(), allow: () => {} },
  changed: () => {},
  log: () => {},
});
console.log(endpoint);

import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { Changes } from '../ports.ts';
import { log } from '../log.ts';

/** Who tells of changes, on the bus. */
export const CHANGE_SOURCE = 'kindling.score';
/** Entries that one request may hold. */
const BATCH = 10;

/** Tells of changes on the bus. What is not taken, or not known to be, stays pending and is told again. */
export const busChanges = (client: EventBridgeClient, bus: string): Changes => ({
  publish: async (changes) => {
    const taken = new Set<string>();
    for (let at = 0; at < changes.length; at += BATCH) {
      const part = changes.slice(at, at + BATCH);
      try {
        const { Entries = [] } = await client.send(
          new PutEventsCommand({
            Entries: part.map((change) => ({
              EventBusName: bus,
              Source: CHANGE_SOURCE,
              DetailType: change.kind,
              Detail: JSON.stringify(change),
            })),
          }),
        );
        for (const [index, change] of part.entries())
          if (Entries[index]?.EventId !== undefined) taken.add(change.changeId);
      } catch (error) {
        log.warn('changes were not published', { changes: part.length, error: error as Error });
      }
    }
    if (taken.size < changes.length)
      log.warn('changes stay pending', { changes: changes.length - taken.size });
    return taken;
  },
});

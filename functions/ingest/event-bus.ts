import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { log } from '../log.ts';
import type { Bus } from './publish.ts';

/** The product's own bus on EventBridge. */
export const eventBus = (client: EventBridgeClient, bus: string): Bus => ({
  async put(entries) {
    const { Entries = [] } = await client.send(
      new PutEventsCommand({
        Entries: entries.map(({ source, detailType, detail }) => ({
          EventBusName: bus,
          Source: source,
          DetailType: detailType,
          Detail: detail,
        })),
      }),
    );
    const refused = Entries.find((entry) => entry.EventId === undefined);
    if (refused) log.warn('the bus refused an entry', { code: refused.ErrorCode });
    return entries.map((_, index) => Entries[index]?.EventId !== undefined);
  },
});

import { tableQuarantine } from './aws/quarantine.ts';
import { scorePorts } from './aws/score-ports.ts';
import { heedingSales } from './handoffs/heed.ts';
import { tableStandings } from './handoffs/standing.ts';
import { tablePeople } from './journeys/people.ts';
import { heedingBounces } from './mail/heed.ts';
import { tableProve } from './mail/settle.ts';
import { tableSuppressions } from './mail/suppress.ts';
import { heedingUnsubscribed } from './mail/unsubscribed.ts';
import { createScore } from './scoring/score-batch.ts';

const ports = scorePorts();
const suppressions = tableSuppressions(ports.table);
const unsubscribed = heedingUnsubscribed(suppressions);
const sales = heedingSales(tableStandings(ports.table, tablePeople(ports.table)));
const score = createScore({
  ...ports,
  quarantine: tableQuarantine(ports.table),
  heard: async (lead, events) => {
    await unsubscribed(lead, events);
    await sales(lead, events);
  },
});

/** Takes bus events from the queue, stores them under their leads, and scores those. */
export const handler = heedingBounces(score, suppressions, ports.clock, tableProve(ports.table));

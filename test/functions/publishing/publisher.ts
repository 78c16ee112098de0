import type { Publication } from '../../../core/publish/origin.ts';
import type { Ruleset } from '../../../core/ruleset.ts';
import { tablePublished } from '../../../functions/aws/published.ts';
import type { Table } from '../../../functions/aws/table.ts';
import { publish } from '../../../functions/publishing/publish-ruleset.ts';
import type { SwitchPorts } from '../../../functions/publishing/switch.ts';

/** The ports of publishing over a real table; `rescored` gets the switches that leads are to be brought to. */
export const publishPorts = (
  table: Table,
  deployed: Ruleset,
  now: () => number,
  rescored: Publication[] = [],
): SwitchPorts => ({
  table,
  published: tablePublished(table),
  deployed: () => Promise.resolve(deployed),
  startRescore: (publication) => {
    rescored.push(publication);
    return Promise.resolve();
  },
  now,
});

/** Publishes a ruleset, and makes it live, as a deploy of the stack does. */
export const publishIn = (table: Table, ruleset: Ruleset, now: () => number): Promise<Publication> =>
  publish(publishPorts(table, ruleset, now));

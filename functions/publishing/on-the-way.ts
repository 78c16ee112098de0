import { DAY } from '../../core/duration.ts';
import { OPEN_OUTCOMES, type Outcome } from '../../core/nurture/claim.ts';
import { type Position, positionAt, stepAt, type Travellers } from '../../core/nurture/position.ts';
import type { Journey } from '../../core/schema/journey.ts';
import { mailKey, takenKey, takenPk } from '../aws/keys.ts';
import { readPart } from '../aws/rulesets.ts';
import type { Table } from '../aws/table.ts';
import { inParallel } from '../parallel.ts';

/** No journey takes a year, mails that are put off included; older entries are of those who stopped otherwise. */
const LONGEST = 400 * DAY;
/** Claims that are read at once. */
const AT_ONCE = 16;

/** A running entry as it is listed under its journey. */
interface Running {
  readonly leadId: string;
  readonly entry: string;
  readonly ruleset: string;
  /** The step that was last come to; nothing before the first. */
  readonly step?: string;
}

/** Everybody who is on the way through a journey, by the version that they started, and where they stand. @param now UTC milliseconds */
export const travellersOf = async (
  table: Table,
  name: string,
  now: number,
): Promise<readonly Travellers[]> => {
  const byVersion = Map.groupBy(await runningIn(table, name, now), ({ ruleset }) => ruleset);
  const found: Travellers[] = [];
  for (const [version, running] of byVersion) {
    const journey = (await readPart<Record<string, Journey>>(table, version, 'journeys'))?.[name];
    if (journey === undefined) continue;
    const at: Record<Position, number> = {};
    for (const position of await inParallel(AT_ONCE, running, (each) => positionOf(table, journey, each)))
      at[position] = (at[position] ?? 0) + 1;
    found.push({ version, journey, at });
  }
  return found;
};

const runningIn = async (table: Table, name: string, now: number): Promise<Running[]> => {
  const found: Running[] = [];
  const pages = table.query({
    KeyConditionExpression: 'pk = :pk AND sk > :from',
    FilterExpression: '#running = :yes',
    ExpressionAttributeNames: { '#running': 'running' },
    values: { ':pk': takenPk(name), ':from': takenKey(name, now - LONGEST, '').sk, ':yes': true },
  });
  for await (const items of pages) found.push(...(items as unknown as Running[]));
  return found;
};

const positionOf = async (table: Table, journey: Journey, running: Running): Promise<Position> => {
  const { leadId, entry, step } = running;
  if (step === undefined) return '';
  const what = stepAt(journey, step);
  const claim = what !== null && 'send' in what ? await table.get(mailKey(leadId, entry, step, '0')) : null;
  const isSent = claim !== null && !OPEN_OUTCOMES.includes(claim.outcome as Outcome);
  return positionAt(step, what, isSent);
};

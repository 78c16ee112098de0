import { type LetOut, roomFrom } from '../../core/nurture/frequency.ts';
import { durationMs } from '../../core/duration.ts';
import type { MailLimit } from '../../core/schema/mail-settings.ts';
import { LET_OUT_PREFIX, leadPk, letOutKey } from '../aws/keys.ts';
import { NEW, type Condition, type Item, type Table } from '../aws/table.ts';
import { Conflict } from '../errors.ts';

/** Keeps leads within the limit of mails, over all journeys. */
export interface Frequency {
  /**
   * Lets a mail out, or says when there is room for it. Idempotent by its tag.
   * @param now UTC milliseconds
   * @returns `now` where it is let out; else a later instant
   */
  letOut(leadId: string, tag: string, limit: MailLimit, now: number): Promise<number>;
  /** Gives back the place of a mail that did not go out. */
  takeBack(leadId: string, tag: string): Promise<void>;
}

const TRIES = 5;
/** Tags that are remembered, whatever the limit says. */
const MOST = 200;

/** One item a lead, written on its version: two journeys at one moment do not both take the last place. */
export const tableFrequency = (table: Table): Frequency => {
  /** A merge brings the other lead's mails beside its own. */
  const read = async (leadId: string): Promise<{ own: Item | null; mails: LetOut[]; others: LetOut[] }> => {
    const items: Item[] = [];
    const pages = table.query({
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
      values: { ':pk': leadPk(leadId), ':prefix': LET_OUT_PREFIX },
      ConsistentRead: true,
    });
    for await (const page of pages) items.push(...page);
    const own = items.find(({ sk }) => sk === LET_OUT_PREFIX) ?? null;
    const mailsOf = (item: Item | null): LetOut[] => (item?.mails as LetOut[] | undefined) ?? [];
    return { own, mails: mailsOf(own), others: items.filter((item) => item !== own).flatMap(mailsOf) };
  };
  const write = (leadId: string, was: Item | null, mails: readonly LetOut[]): Promise<boolean> =>
    table.put({ ...letOutKey(leadId), version: Number(was?.version ?? 0) + 1, mails }, unchanged(was));
  return {
    letOut: async (leadId, tag, limit, now) => {
      for (let attempt = 0; attempt < TRIES; attempt += 1) {
        const { own, mails, others } = await read(leadId);
        const room = roomFrom([...mails, ...others], tag, limit, now);
        if (room > now || mails.some((mail) => mail.tag === tag)) return room;
        const kept = mails.filter(({ at }) => at > now - durationMs(limit.within)).slice(1 - MOST);
        if (await write(leadId, own, [...kept, { tag, at: now }])) return now;
      }
      throw new Conflict('the mails of a lead were written by others');
    },
    takeBack: async (leadId, tag) => {
      for (let attempt = 0; attempt < TRIES; attempt += 1) {
        const { own, mails } = await read(leadId);
        const left = mails.filter((mail) => mail.tag !== tag);
        if (left.length === mails.length || (await write(leadId, own, left))) return;
      }
    },
  };
};

const unchanged = (was: Item | null): Condition =>
  was === null
    ? NEW
    : {
        expression: '#version = :version',
        names: { '#version': 'version' },
        values: { ':version': Number(was.version) },
      };

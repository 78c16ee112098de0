import { isSaidOnce } from '../../core/nurture/mail-names.ts';
import type { UnsettledMail, UnsettledMails } from '../../core/view/mail.ts';
import { accountIdOf, isLeadPk, type Key, leadIdOf, leadKey, NAME_INDEX, unsettledPks } from '../aws/keys.ts';
import { leadFromItem } from '../aws/lead-item.ts';
import type { Item, Table } from '../aws/table.ts';
import { inParallel } from '../parallel.ts';

/** Messages of which nobody knows what became. */
export interface Unsettled {
  /** @param now UTC milliseconds: those of the last minutes are still under way */
  list(now: number): Promise<UnsettledMails>;
  /** The one that an id names, if nobody knows what became of it; else what became of it, or null. */
  find(id: string, now: number): Promise<Found | null>;
}

export interface Found {
  readonly settled: string | null;
  readonly email: string;
  readonly message: {
    readonly leadId: string | null;
    readonly accountId: string | null;
    readonly entry: string;
    readonly step: string;
    readonly visit: number;
  };
}

/** What a function may take to send, and a little more: younger claims are under way, ms. */
const UNDER_WAY = 120_000;
const MOST = 200;

/** Opaque to clients: the key of the claim. */
const idOf = ({ pk, sk }: Key): string => Buffer.from(JSON.stringify([pk, sk])).toString('base64url');

const keyOf = (id: string): Key | null => {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(id, 'base64url').toString());
    if (!Array.isArray(parsed)) return null;
    const [pk, sk] = parsed as unknown[];
    // Nothing but claims is named here.
    return typeof pk === 'string' &&
      typeof sk === 'string' &&
      /^(LEAD|ACCT)#/.test(pk) &&
      sk.startsWith('MAIL#')
      ? { pk, sk }
      : null;
  } catch {
    return null;
  }
};

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
const isUnknown = ({ outcome }: Item): boolean => outcome === undefined || outcome === 'unknown';

export const tableUnsettled = (table: Table): Unsettled => {
  const listed = async (pk: string): Promise<Key[]> => {
    const found: Key[] = [];
    const pages = table.query({
      IndexName: NAME_INDEX,
      KeyConditionExpression: 'namePk = :pk',
      values: { ':pk': pk },
      Limit: MOST + 1,
    });
    for await (const items of pages) {
      found.push(...(items as unknown as Key[]));
      if (found.length > MOST) break;
    }
    return found;
  };
  /** Null for one that was settled meanwhile, or taken along by a merge: the survivor's copy is listed, too. */
  const viewOf = async (key: Key, now: number): Promise<UnsettledMail | null> => {
    const item = await table.get({ pk: key.pk, sk: key.sk });
    if (item === null || !isUnknown(item) || Number(item.at) > now - UNDER_WAY) return null;
    const ofLead = isLeadPk(key.pk);
    const leadItem = ofLead ? await table.get(leadKey(leadIdOf(key.pk))) : null;
    const lead = leadItem === null ? null : leadFromItem(leadItem);
    if (ofLead && (lead === null || lead.into !== undefined)) return null;
    return {
      id: idOf(key),
      lead: lead && { id: lead.id, name: lead.name, email: lead.email },
      account: ofLead ? null : accountIdOf(key.pk),
      journey: textOf(item.journey),
      step: textOf(item.step) ?? '',
      email: textOf(item.email) ?? '',
      again: !isSaidOnce(textOf(item.email) ?? ''),
      subject: textOf(item.subject),
      at: Number(item.at),
    };
  };
  return {
    list: async (now) => {
      const keys = (await inParallel(4, unsettledPks, listed)).flat();
      const views = await inParallel(8, keys.slice(0, 4 * MOST), (key) => viewOf(key, now));
      const mails = views
        .filter((view) => view !== null)
        .sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
      return { mails: mails.slice(0, MOST), more: mails.length > MOST };
    },
    find: async (id, now) => {
      const key = keyOf(id);
      const item = key === null ? null : await table.get(key);
      if (key === null || item === null) return null;
      const ofLead = isLeadPk(key.pk);
      const underWay = item.outcome === undefined && Number(item.at) > now - UNDER_WAY;
      return {
        settled: isUnknown(item) ? (underWay ? 'under way' : null) : String(item.outcome),
        email: textOf(item.email) ?? '',
        message: {
          leadId: ofLead ? leadIdOf(key.pk) : null,
          accountId: ofLead ? null : accountIdOf(key.pk),
          entry: String(item.entry),
          step: String(item.step),
          visit: Number(item.visit),
        },
      };
    },
  };
};

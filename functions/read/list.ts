import { normaliseEmail } from '../../core/identity/email.ts';
import type { Evaluation } from '../../core/evaluation.ts';
import type { PersonKey } from '../../core/identity/identity.ts';
import type { Lead } from '../../core/lead.ts';
import type { LeadList, LeadSummary } from '../../core/view/lead.ts';
import { Invalid } from '../errors.ts';
import { keyName, type Leads, type LiveRuleset } from '../ports.ts';
import { type Cursor, readCursor, writeCursor } from './cursor.ts';
import type { Current } from './current.ts';
import type { ReadPorts } from './ports.ts';

/** How many leads a list looks at before it sorts them. */
export const LOOKED_AT = 500;
const PAGE = 50;
/** Bytes of a user id that is looked for. */
const LONGEST_ID = 512;
/** Merges that may stand one behind the other. */
const HOPS = 20;
/** How long the pages of one list belong together, ms. */
const SAME_LIST = 15 * 60_000;

export interface ListQuery {
  readonly band?: string;
  /** A whole e-mail address or user id, or how a name begins. */
  readonly q?: string;
  readonly limit?: string;
  readonly cursor?: string;
}

/**
 * Leads by their score now: the newest 500 of a band, or of all bands from the highest down, or those that a search
 * finds. All pages of a list are sorted as of the instant of its first, so that fading moves nobody between them.
 */
export const listLeads = async (ports: ReadPorts, current: Current, query: ListQuery): Promise<LeadList> => {
  const live = await ports.rulesets.live();
  const limit = limitOf(query.limit);
  const cursor = query.cursor === undefined || query.cursor === '' ? null : readCursor(query.cursor);
  const now = ports.clock.now();
  const at = cursor !== null && Math.abs(now - cursor.at) < SAME_LIST ? cursor.at : now;

  const candidates = await candidatesOf(ports, live, query);
  const evaluations = await current.evaluate(candidates, live, at);
  const sorted = candidates
    .map((lead, place) => summaryOf(lead, evaluations[place] as Evaluation))
    .sort(inOrder);
  const after = cursor === null ? sorted : sorted.filter((summary) => inOrder(cursor, summary) < 0);
  const leads = after.slice(0, limit);
  const last = leads.at(-1);
  return {
    at,
    leads,
    cursor: last && after.length > limit ? writeCursor({ at, total: last.total, id: last.id }) : null,
  };
};

/** The highest score first; equal ones by id, so that every page agrees. */
const inOrder = (a: Pick<Cursor, 'total' | 'id'>, b: Pick<Cursor, 'total' | 'id'>): number =>
  b.total - a.total || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

const candidatesOf = async (
  ports: ReadPorts,
  live: LiveRuleset,
  { band, q }: ListQuery,
): Promise<readonly Lead[]> => {
  const names = live.engine.bands.map(({ name }) => name);
  if (band !== undefined && band !== '' && !names.includes(band))
    throw new Invalid(`no band is called ${band.slice(0, 64)}`);
  if (q !== undefined && q.trim() !== '') {
    const found = await searched(ports, q.trim());
    return band ? found.filter(({ standing }) => standing?.band === band) : found;
  }
  const ids: string[] = [];
  for (const name of band ? [band] : names.reverse()) {
    if (ids.length < LOOKED_AT) ids.push(...(await ports.directory.newest(name, LOOKED_AT - ids.length)));
  }
  return (await ports.directory.read([...new Set(ids)])).filter(isScored);
};

const isScored = (lead: Lead): boolean => lead.into === undefined && lead.standing !== null;

const searched = async (ports: ReadPorts, q: string): Promise<readonly Lead[]> => {
  const email = normaliseEmail(q);
  if (email !== null) return holderOf(ports, { kind: 'email', value: email });
  const byUser = Buffer.byteLength(q) > LONGEST_ID ? [] : await holderOf(ports, { kind: 'user', value: q });
  const ids = await ports.directory.named(q, LOOKED_AT);
  const named = (await ports.directory.read([...new Set(ids)])).filter(isScored);
  return [...byUser, ...named.filter(({ id }) => id !== byUser[0]?.id)];
};

/** The lead that holds a key, if there is one. */
const holderOf = async (ports: ReadPorts, key: PersonKey): Promise<readonly Lead[]> => {
  const holder = (await ports.identities.holders([key], true)).get(keyName(key));
  const lead = await survivor(ports, holder?.owners.at(-1)?.lead ?? null);
  return lead !== null && isScored(lead) ? [lead] : [];
};

/** The lead of this id, or the one that it was merged into. */
export const survivor = async (
  { leads }: { readonly leads: Pick<Leads, 'read'> },
  id: string | null,
): Promise<Lead | null> => {
  let next = id;
  for (let hops = 0; next !== null && hops <= HOPS; hops += 1) {
    const lead: Lead | null = await leads.read(next);
    if (lead?.into === undefined || lead.erased !== undefined) return lead;
    next = lead.into;
  }
  return null;
};

/** A lead as lists show it. */
export const summaryOf = (lead: Lead, evaluation: Evaluation): LeadSummary => ({
  id: lead.id,
  email: lead.email,
  name: lead.name,
  band: evaluation.band,
  total: evaluation.total,
  scores: evaluation.scores,
  grade: evaluation.grade,
  group: evaluation.group,
  qualified: evaluation.qualified,
  lastActivity: lead.lastActivity,
  nextChange: evaluation.nextChange,
});

const limitOf = (text: string | undefined): number => {
  if (text === undefined || text === '') return PAGE;
  const limit = Number(text);
  if (!/^\d{1,4}$/.test(text) || limit < 1 || limit > LOOKED_AT) {
    throw new Invalid(`limit must be a number from 1 to ${LOOKED_AT}`);
  }
  return limit;
};

import { type ErasedAt, isAllErased, nextLeadId } from '../../core/identity/erased.ts';
import { leadIdOf, type Holder, type PersonKey } from '../../core/identity/identity.ts';
import type { Lead } from '../../core/lead.ts';
import { Conflict } from '../errors.ts';
import { keyName, type Identities, type Leads } from '../ports.ts';

type KeyPorts = { readonly leads: Pick<Leads, 'read'>; readonly identities: Identities };

const TRIES = 10;
/** Merges that may stand one behind the other. */
const HOPS = 20;

/** Everything that a lead is known by. */
export const keysOfLead = async (
  { identities }: Pick<KeyPorts, 'identities'>,
  lead: Lead,
): Promise<PersonKey[]> => {
  const keys: PersonKey[] = [
    ...lead.users.map((value): PersonKey => ({ kind: 'user', value })),
    ...lead.emails.map((value): PersonKey => ({ kind: 'email', value })),
    ...(await identities.noted(lead.id)),
  ];
  return [...new Map(keys.map((key) => [keyName(key), key])).values()];
};

/** The erasure that a lead's own one is, or that of the lead it was merged into; null where it lives. */
const erasureOf = async ({ leads }: Pick<KeyPorts, 'leads'>, id: string): Promise<Lead['erased'] | null> => {
  return (await endOf(leads, id))?.erased ?? null;
};

/** Where merges lead from a lead on: one that lives, or was erased. */
const endOf = async (leads: Pick<Leads, 'read'>, id: string): Promise<Lead | null> => {
  let lead = await leads.read(id);
  for (let hop = 0; lead?.erased === undefined && lead?.into !== undefined && hop < HOPS; hop += 1)
    lead = await leads.read(lead.into);
  return lead;
};

/**
 * The leads that were merged into this one. None of them is written down anywhere else, but each was made from one of its
 * keys, and all of those went to the lead that it was merged into.
 */
export const mergedLeads = async (
  { leads }: Pick<KeyPorts, 'leads'>,
  leadId: string,
  keys: readonly PersonKey[],
): Promise<readonly Lead[]> => {
  const found: Lead[] = [];
  for (const first of new Set(keys.map(leadIdOf))) {
    let lead = await leads.read(first);
    // It may have been made from a key whose first lead was erased before.
    while (lead !== null && lead.erased !== undefined)
      lead = await leads.read(nextLeadId(lead.id, lead.erased.at));
    if (lead?.into !== undefined && (await endOf(leads, lead.into))?.id === leadId) found.push(lead);
  }
  return found;
};

/** Leaves a hash of each key that nobody but erased leads has held; what others hold, too, stays theirs. */
export const buryKeys = async (ports: KeyPorts, keys: readonly PersonKey[]): Promise<void> => {
  for (const key of keys) await buryKey(ports, key);
};

const buryKey = async (ports: KeyPorts, key: PersonKey): Promise<void> => {
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const was = (await ports.identities.holders([key], true)).get(keyName(key));
    if (was === undefined || was.buried === true) return;
    const erasures = new Map<string, number>();
    for (const { lead } of was.owners) {
      const erased = await erasureOf(ports, lead);
      if (erased !== null && erased !== undefined) erasures.set(lead, erased.at);
    }
    const erasedAt: ErasedAt = (id) => erasures.get(id);
    if (!isAllErased(was, erasedAt)) return;
    if (await ports.identities.bury(key, remains(was, erasedAt), was)) return;
  }
  throw new Conflict('a key of an erased lead was written by others');
};

/** Nobody holds it from after the erasure on; whoever names it next is as good as the first. */
const remains = ({ owners }: Holder, erasedAt: ErasedAt): Holder => ({
  owners: owners.map(({ lead, since }) => ({ lead, since: Math.min(since, erasedAt(lead) ?? since) })),
  scope: 'browser',
});

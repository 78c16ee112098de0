import type { Lead } from '../../core/lead.ts';
import { Gone, NotFound } from '../errors.ts';
import type { Leads } from '../ports.ts';
import { survivor } from './list.ts';

/** Ids are made by us and short. */
const MAX_ID = 128;

/** What is said of a lead that was erased. @param at UTC milliseconds */
export const goneSince = (at: number): string =>
  `this lead was erased on ${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

/** The lead of this id, or the one that it was merged into; says so if there is none, or none any more. */
export const livingLead = async (
  ports: { readonly leads: Pick<Leads, 'read'> },
  id: string,
): Promise<Lead> => {
  const lead = id.length > MAX_ID ? null : await survivor(ports, id);
  if (lead === null) throw new NotFound('there is no such lead');
  if (lead.erased !== undefined) throw new Gone(goneSince(lead.erased.at));
  return lead;
};

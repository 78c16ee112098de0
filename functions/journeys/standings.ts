import { accountAttributes } from '../../core/attributes.ts';
import type { Accounts, Leads, Rulesets } from '../ports.ts';
import type { Standings } from './people.ts';

/** Scores computed now from the whole log, which those who act on a lead rarely ask for, and then want its events too. */
export const loggedStandings = (
  leads: Pick<Leads, 'read' | 'log'>,
  rulesets: Pick<Rulesets, 'live'>,
  accounts: Pick<Accounts, 'history'>,
): Standings => ({
  at: async (leadId, clock) => {
    const lead = await leads.read(leadId);
    if (lead === null || lead.into !== undefined || lead.standing === null) return null;
    // Time never runs backwards for a lead.
    const now = Math.max(clock, lead.asOf);
    const [{ engine }, { entries }, account] = await Promise.all([
      rulesets.live(),
      leads.log(leadId, null),
      lead.membership === null ? null : accounts.history(lead.membership.account),
    ]);
    const events = entries.map(({ event }) => event);
    const history = { events, ...(account === null ? {} : { account }) };
    return {
      lead,
      events,
      evaluation: engine.evaluate(history, now),
      attributes: {
        lead: engine.attributes(history, now),
        account: account === null ? {} : accountAttributes(account.events, now),
      },
    };
  },
});

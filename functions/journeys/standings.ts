import { withAccounts } from '../accounts/said.ts';
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
    const [{ engine }, { entries }] = await Promise.all([rulesets.live(), leads.log(leadId, null)]);
    const events = entries.map(({ event }) => event);
    const history = await withAccounts(accounts, engine, { events }, now);
    return {
      lead,
      events,
      evaluation: engine.evaluate(history, now),
      attributes: {
        lead: engine.attributes(history, now),
        account: engine.account(history, now)?.attributes ?? {},
      },
    };
  },
});

import { type Impact } from '../../core/impact/report.ts';
import { type Heading } from './words.ts';

/** A plan for programs: what a pull request's comment, and a deployment, are made from. */
export function asJson(impact: Impact, { base, head, showPii }: Heading): string {
  const { at, leads, rules, bands, qualified, handoffs, mails, accounts, top, quality } = impact;
  const { enter, leave } = qualified;
  return `${JSON.stringify({
    base: base.hash,
    head: head.hash,
    at: new Date(at).toISOString(),
    leads,
    rules,
    bands,
    qualified: { enter, leave },
    handoffs,
    mails,
    accounts: accounts ?? {
      before: {},
      after: {},
      moves: [],
      qualified: { enter: 0, leave: 0 },
      handoffs: { now: 0, perWeekBefore: 0, perWeekAfter: 0 },
    },
    top: top.map(({ lead, email, user, before, after, rule }) => ({
      // Ids are made from what a lead was first known by, and say nothing of it.
      lead: showPii ? (email ?? user ?? lead) : lead,
      before: before.total,
      after: after.total,
      rule,
    })),
    ...(quality !== null && { quality }),
  })}\n`;
}

import * as z from 'zod/mini';
import { hears } from '../../core/handoff/hears.ts';
import { noteOf } from '../../core/handoff/note.ts';
import { noteMessage } from '../../core/handoff/slack-note.ts';
import { type Note, noteCard } from '../../core/handoff/teams-card.ts';
import type { Handoff } from '../../core/schema/handoff.ts';
import { addressOf, type People } from '../journeys/people.ts';
import type { RulesetParts } from '../journeys/rulesets.ts';
import { log } from '../log.ts';
import type { Claims, Settled } from '../mail/claims.ts';
import { type SendAnswer, Throttled } from '../mail/throttled.ts';
import { once, type OncePorts } from '../outbound/once.ts';
import type { Post } from '../outbound/post.ts';
import { slackAccess, teamsAddress } from '../outbound/secrets.ts';
import { settledBy } from '../outbound/settle.ts';

export interface NotePorts extends OncePorts {
  readonly people: People;
  readonly rulesets: Pick<RulesetParts, 'live' | 'handoff'>;
  readonly claims: Claims;
  readonly slackSecret: () => Promise<string>;
  readonly teamsSecret: () => Promise<string>;
  readonly post: Post;
  readonly publicUrl: string;
}

const NoteTask = z.object({
  action: z.literal('notify'),
  leadId: z.string(),
  entry: z.string(),
  journey: z.string(),
  ruleset: z.string(),
  step: z.string(),
  visit: z.number(),
  team: z.string(),
  text: z.optional(z.string()),
});
type NoteTask = z.infer<typeof NoteTask>;

/** Whether this is what a journey's `notify` asks for. */
export const isNote = (task: unknown): boolean => z.safeParse(NoteTask, task).success;

/** Tells a team what a journey's file says about a lead, in each of the team's channels at most once. */
export const noteFromJourney = async (ports: NotePorts, input: unknown): Promise<SendAnswer> => {
  const task = z.parse(NoteTask, input);
  const { leadId, entry, journey, step, team } = task;
  const { people, rulesets } = ports;
  const [lead, attributes] = await Promise.all([people.find(leadId), people.attributes(leadId)]);
  const stopped: Settled = { outcome: 'stopped', reason: 'the lead is gone' };
  if (lead === null || lead.into !== undefined) return { outcome: stopped.outcome };
  const rules = (await rulesets.handoff(task.ruleset)) ?? (await rulesets.handoff(await rulesets.live()));
  const note = noteOf(task, attributes, addressOf(lead, attributes), lead.standing?.band ?? null);
  const stays = async (): Promise<Settled | null> => {
    const now = await people.find(leadId);
    return now === null || now.into !== undefined ? stopped : null;
  };
  const settled: Settled[] = [];
  for (const { called, address, body } of await channelsOf(ports, rules, team, note, leadId))
    settled.push(
      await once(ports, {
        name: { leadId, entry, step: `${step}.${called}`, visit: task.visit },
        claims: ports.claims,
        called,
        journey,
        stays,
        send: async () => settledBy(await ports.post(address, { body }), false),
      }),
    );
  const outcomes = settled.map(({ outcome }) => outcome);
  log.info('notify', { lead: leadId, entry, journey, step, team, outcomes });
  if (outcomes.includes('throttled')) throw new Throttled('a channel asks for a pause');
  return {
    outcome: outcomes.find((outcome) => outcome !== 'sent') ?? (outcomes.length > 0 ? 'sent' : 'skipped'),
  };
};

/** Where the team hears of things, and what it reads there. */
const channelsOf = async (
  { slackSecret, teamsSecret, publicUrl }: NotePorts,
  rules: Handoff | null,
  team: string,
  note: Note,
  leadId: string,
): Promise<readonly { called: 'slack' | 'teams'; address: string; body: string }[]> => {
  const told = hears(rules, team);
  const page = `${publicUrl}/leads/${encodeURIComponent(leadId)}`;
  const slack = slackAccess(await slackSecret()).channel(told.slack ?? null);
  const teams = told.teams === undefined ? null : teamsAddress(await teamsSecret(), told.teams);
  return [
    ...(slack === null
      ? []
      : [{ called: 'slack' as const, address: slack, body: JSON.stringify(noteMessage(note, page)) }]),
    ...(teams === null
      ? []
      : [{ called: 'teams' as const, address: teams, body: JSON.stringify(noteCard(note, page)) }]),
  ];
};

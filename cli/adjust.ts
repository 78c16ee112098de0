import { setTimeout } from 'node:timers/promises';
import { defineCommand } from 'citty';

import type { Taken } from '../core/view/event.ts';
import type { LeadPage } from '../core/view/lead.ts';
import { type Api, findLead, openApi, REACHED } from './api.ts';
import { type Io, Refusal } from './io.ts';

/** How long it may take until the points show: the way over the bus. */
const TRIES = 40;
const EVERY_MS = 250;

export const adjust = defineCommand({
  meta: {
    name: 'adjust',
    description: 'Add points to a lead of the running product, or take some, with a reason',
  },
  args: {
    lead: {
      type: 'positional',
      required: true,
      description: 'An e-mail address, a lead id, or the beginning of a name',
    },
    score: { type: 'string', required: true, description: 'Which score' },
    key: { type: 'string', description: 'Which key of a keyed score, such as the product' },
    points: {
      type: 'string',
      required: true,
      valueHint: '10',
      description: 'How many; below 0 takes points',
    },
    why: { type: 'string', required: true, valueHint: 'TEXT', description: 'The reason; everybody sees it' },
    until: { type: 'string', valueHint: 'DATE', description: 'When it ends; a bare date includes that day' },
    ...REACHED,
  },
  run: async ({ args, data }) => {
    const io = data as Io;
    const points = numberOf(args.points);
    const api = await openApi(args);
    const lead = await findLead(api, args.lead);
    const by = lead.keyedBy[args.score];
    if (args.key !== undefined && by === null)
      throw new Refusal(`${args.score} has no keys; leave out --key`);
    const { id } = await api.post<Taken>(`/api/leads/${encodeURIComponent(lead.id)}/adjustments`, {
      score: args.score,
      points,
      why: args.why,
      ...(args.until === undefined ? {} : { until: args.until }),
      ...(args.key === undefined || typeof by !== 'string' ? {} : { [by]: args.key }),
    });
    const after = await shown(api, lead.id, id);
    if (after === null) {
      io.out('It was taken, and shows once it has been scored.\n');
      return 0;
    }
    const { sentence } = after.adjustments.find((each) => each.id === id) ?? { sentence: 'Taken' };
    const who = lead.name ?? lead.email ?? lead.id;
    io.out(`${sentence}\n${who}: ${standing(lead)} -> ${standing(after)}\n`);
    return 0;
  },
});

const standing = ({ total, band }: LeadPage): string => `${Math.round(total)} points, ${band}`;

/** The lead's page with the event in it; null where it has not come in time. */
const shown = async (api: Api, lead: string, event: string): Promise<LeadPage | null> => {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const page = await api.get<LeadPage>(`/api/leads/${encodeURIComponent(lead)}`);
    if (page?.adjustments.some(({ id }) => id === event)) return page;
    await setTimeout(EVERY_MS);
  }
  return null;
};

const numberOf = (text: string): number => {
  const points = Number(text.replace(/^[\u2212]/, '-'));
  if (text.trim() === '' || !Number.isFinite(points) || points === 0)
    throw new Refusal(`--points ${text} is no number of points; write it as --points 10 or --points=-10`);
  return points;
};

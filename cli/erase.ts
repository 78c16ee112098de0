import { defineCommand } from 'citty';

import type { ErasedList, ErasureDone, ErasurePreview } from '../core/view/erasure.ts';
import { findLead, openApi, REACHED } from './api.ts';
import { type Io, Refusal } from './io.ts';
import { table } from './table.ts';

export const erase = defineCommand({
  meta: { name: 'erase', description: 'Erase a person from the running product, for good' },
  args: {
    lead: {
      type: 'positional',
      required: false,
      description: 'An e-mail address, a user id, a lead id, or the beginning of a name',
    },
    reason: {
      type: 'string',
      valueHint: 'TEXT',
      description: 'Why; it is kept, so say it without who they are',
    },
    yes: { type: 'boolean', default: false, description: 'Erase; without it, only show what would go' },
    list: { type: 'boolean', default: false, description: 'Show who was erased, by lead id' },
    ...REACHED,
    json: { type: 'boolean', default: false, description: 'Print the answer as JSON' },
  },
  run: async ({ args, data }) => {
    const io = data as Io;
    if (args.list === (args.lead !== undefined))
      throw new Refusal('name one lead to erase, or --list those that were');
    if (args.yes && (args.reason ?? '').trim() === '')
      throw new Refusal('--reason is missing: say why, as in --reason "They asked us to"');
    const api = await openApi(args);
    const say = <T>(answer: T, inWords: (answer: T) => string): number => {
      io.out(args.json ? `${JSON.stringify(answer)}\n` : inWords(answer));
      return 0;
    };
    if (args.lead === undefined) {
      const listed = await api.get<ErasedList>('/api/erased');
      return say(listed ?? { erased: [], more: false }, listInWords);
    }
    const { id } = await findLead(api, args.lead);
    const path = `/api/leads/${encodeURIComponent(id)}`;
    if (args.yes) return say(await api.remove<ErasureDone>(path, { reason: args.reason }), doneInWords);
    const preview = await api.get<ErasurePreview>(`${path}/erasure`);
    if (preview === null) throw new Refusal(`"${args.lead}" has just been merged; ask again`);
    return say(preview, previewInWords);
  },
});

const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;

/** What would go, as a person reads it in a terminal. */
export const previewInWords = (of: ErasurePreview): string => {
  const { lead, name, email, events, mails, handoffs, journeys, keys, merged, refused } = of;
  const who = [name, email].filter((part) => part !== null).join(', ');
  const known = [
    counted(keys.users, 'user id'),
    counted(keys.emails, 'e-mail address', 'e-mail addresses'),
    counted(keys.anonymous, 'anonymous id'),
  ];
  const done = [
    counted(events, 'event'),
    counted(mails, 'message sent', 'messages sent'),
    counted(handoffs, 'handoff'),
    counted(journeys, 'journey'),
  ];
  return `${who === '' ? `Lead ${lead}` : `${who} (lead ${lead})`}

  ${done.join(', ')}
  ${known.join(', ')}, of which only hashes stay
${merged > 0 ? `  ${counted(merged, 'lead that was merged into it', 'leads that were merged into it')}\n` : ''}${
    refused > 0 ? `  ${counted(refused, 'refused message')} in quarantine\n` : ''
  }
Nothing is erased yet. To erase it all, for good:
  kindling erase ${lead} --reason "They asked us to" --yes
`;
};

const minute = (at: number): string => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

const doneInWords = ({ lead, at, done }: ErasureDone): string =>
  `Lead ${lead} is erased${done ? '' : '; what is left under it goes within half an hour'}.
What is sent of this person from before ${minute(at)} is refused from now on; what they do later is a new lead's.
`;

const listInWords = ({ erased, more }: ErasedList): string =>
  erased.length === 0
    ? 'Nobody was erased.\n'
    : `${table(
        ['lead', 'erased', 'by', 'reason'],
        erased.map(({ lead, at, by, reason }) => [lead, minute(at), by, reason]),
      )}${more ? '\nThe newest are shown; there are more.\n' : ''}`;

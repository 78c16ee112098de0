import { defineCommand } from 'citty';

import type { HeldList, Released } from '../core/view/handoff.ts';
import { openApi, REACHED } from './api.ts';
import { type Io, Refusal } from './io.ts';
import { table } from './table.ts';

/** What one request takes. */
const AT_ONCE = 100;

export const held = defineCommand({
  meta: { name: 'held', description: 'Show the handoffs that a deploy held back, and release them' },
  args: {
    release: {
      type: 'string',
      valueHint: 'NAME|all',
      description: 'Start one of them, by its name in the list, or all',
    },
    ...REACHED,
    json: { type: 'boolean', default: false, description: 'Print the list as JSON' },
  },
  run: async ({ args, data }) => {
    const io = data as Io;
    const api = await openApi(args);
    const found = await api.get<HeldList>('/api/held');
    if (found === null) throw new Refusal(`${args.url} knows nothing of held handoffs`);
    if (args.release === undefined) {
      io.out(args.json ? `${JSON.stringify(found)}\n` : inWords(found));
      return 0;
    }
    const names = args.release === 'all' ? found.held.map(({ handoff }) => handoff) : [args.release];
    if (names.length === 0) {
      io.out('No handoff is held back.\n');
      return 0;
    }
    const { taken, refused } = await api.post<Released>('/api/held/release', {
      handoffs: names.slice(0, AT_ONCE),
    });
    for (const { handoff, reason } of refused) io.err(`${handoff}: ${reason}\n`);
    const left = names.length > AT_ONCE ? ` ${names.length - AT_ONCE} are left: release again.` : '';
    io.out(`${taken.length} ${taken.length === 1 ? 'handoff starts' : 'handoffs start'}.${left}\n`);
    return refused.length > 0 ? 1 : 0;
  },
});

/** The list as a person reads it in a terminal. */
export const inWords = ({ held: all }: HeldList): string =>
  all.length === 0
    ? 'No handoff is held back.\n'
    : `${table(
        ['handoff', 'who', 'band', 'since', 'by deploy'],
        all.map(({ handoff, name, band, at, deploy }) => [
          handoff,
          name ?? '–',
          band ?? '–',
          new Date(at).toISOString().slice(0, 16).replace('T', ' '),
          deploy,
        ]),
      )}\nRelease one by --release NAME, or all by --release all.\n`;

import { defineCommand } from 'citty';

import type { Publication } from '../core/publish/origin.ts';
import type { Listed } from '../core/publish/request.ts';
import { type Io, Refusal } from './io.ts';
import { follow, inWords } from './publish/follow.ts';
import { BY_DATA, publisherOf, TARGET } from './publish/publisher.ts';
import { table } from './table.ts';

export const rulesets = defineCommand({
  meta: { name: 'rulesets', description: 'List what was published, when and by whom, and which one is live' },
  args: {
    ...TARGET,
    ...BY_DATA,
    json: { type: 'boolean', default: false, description: 'Print one JSON object' },
  },
  run: async ({ args, data }) => {
    const io = data as Io;
    const listed = await publisherOf(args).ask<Listed>({ op: 'list' });
    if (args.json) {
      io.out(`${JSON.stringify(listed)}\n`);
      return 0;
    }
    const { publications, live, shadow } = listed;
    if (publications.length === 0) throw new Refusal('nothing is published');
    const row = ({ epoch, hash, at, commit, by }: Publication): (string | number)[] => [
      epoch,
      hash,
      minute(at),
      commit ?? '',
      by ?? '',
      epoch === live?.epoch ? 'live' : '',
    ];
    io.out(
      table(['epoch', 'ruleset', 'since (UTC)', 'commit', 'by', ''], publications.toReversed().map(row)),
    );
    if (shadow !== null) io.out(`\nChallenger: ${shadow.hash} since ${minute(shadow.at)}\n`);
    return 0;
  },
});

const minute = (at: number): string => new Date(at).toISOString().slice(0, 16).replace('T', ' ');

export const rescore = defineCommand({
  meta: {
    name: 'rescore',
    description: 'Show how far all leads are brought to the live ruleset; go on where it stopped',
  },
  args: {
    status: { type: 'boolean', default: false, description: 'Say how far it is, and end' },
    ...TARGET,
    ...BY_DATA,
    json: { type: 'boolean', default: false, description: 'With --status: print one JSON object' },
  },
  run: async ({ args, data }) => {
    const io = data as Io;
    const publisher = publisherOf(args);
    if (!args.status) await publisher.ask({ op: 'rescore' });
    const { rescore: progress, now } = await publisher.ask<Listed>({ op: 'list' });
    if (progress === null) throw new Refusal('nothing is published');
    if (args.json) {
      io.out(`${JSON.stringify(progress)}\n`);
      return 0;
    }
    if (!args.status) return follow(publisher, progress.epoch, io);
    io.out(inWords(progress, now, io));
    return 0;
  },
});

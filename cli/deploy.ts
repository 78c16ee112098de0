import { defineCommand } from 'citty';

import type { Publication } from '../core/publish/origin.ts';
import type { Listed, Shadow } from '../core/publish/request.ts';
import { type Io, Refusal, styled } from './io.ts';
import { follow } from './publish/follow.ts';
import { whoAmI } from './publish/origin.ts';
import { BY_DATA, type Publisher, publisherOf, TARGET, type Target } from './publish/publisher.ts';
import { LIMITS, readPlan, termsInWords, termsOf } from './publish/terms.ts';
import { upload } from './publish/upload.ts';
import { rulesFolder } from './rules.ts';

export const deploy = defineCommand({
  meta: {
    name: 'deploy',
    description: 'Make a rules folder live in a running product, without a deploy of code',
  },
  args: {
    rules: { type: 'string', valueHint: 'DIR', description: 'The rules folder (default: rules)' },
    plan: {
      type: 'string',
      valueHint: 'FILE',
      description: 'What kindling plan --format json wrote: refused if something else is live by now',
    },
    shadow: {
      type: 'string',
      valueHint: 'DIR',
      description: 'Set this folder as the challenger, which scores beside what is live and changes nothing',
    },
    'end-shadow': { type: 'boolean', default: false, description: 'Take the challenger away' },
    ...LIMITS,
    'let-finish': {
      type: 'boolean',
      default: false,
      description: 'Leads that are before a step that is removed from a journey finish with it',
    },
    wait: {
      type: 'boolean',
      default: true,
      description: 'Show how the leads are brought to the new rules',
      negativeDescription: 'Do not wait until all leads are brought to the new rules',
    },
    ...TARGET,
    ...BY_DATA,
    json: { type: 'boolean', default: false, description: 'Print what is live as one JSON object' },
  },
  run: async ({ args, data }) => {
    const io = data as Io;
    const publisher = publisherOf(args);
    if (args['end-shadow']) return endShadow(publisher, io);
    if (args.shadow !== undefined) return setShadow(args.shadow, publisher, io);
    const dir = rulesFolder(args.rules);
    const planned = args.plan === undefined ? null : readPlan(args.plan);
    const terms = termsOf(args, planned?.terms);
    const { hash, origin } = await upload(dir, publisher, io);
    if (planned !== null && planned.head !== null && planned.head !== hash)
      throw new Refusal(`the plan is for ruleset ${planned.head}, and ${dir} is ${hash}; make a new plan`);
    const { live: before } = await publisher.ask<Listed>({ op: 'list' });
    const live = await publisher.ask<Publication>({
      op: 'switch',
      hash,
      ...(planned === null ? {} : { base: planned.base }),
      commit: origin.commit,
      by: origin.by,
      terms,
      ...(args['let-finish'] ? { letFinish: true } : {}),
    });
    if (args.json) {
      io.out(`${JSON.stringify(live)}\n`);
      return 0;
    }
    if (live.epoch === before?.epoch) return isLiveAlready(live, io);
    io.out(liveLine(live, publisher.where, io));
    io.out(`  ${termsInWords(live.terms)}\n  Back: kindling rollback${targetFlag(args)}\n`);
    return args.wait ? follow(publisher, live.epoch, io) : 0;
  },
});

const liveLine = ({ hash, epoch, commit }: Publication, where: string, io: Io): string =>
  `${styled(io, 'green', '✓')} Ruleset ${hash} is live at ${where} (epoch ${epoch}${commit === null ? '' : `, commit ${commit}`}).\n`;

const isLiveAlready = ({ hash, epoch }: Publication, io: Io): number => {
  io.out(`Ruleset ${hash} is live already (epoch ${epoch}); nothing changed.\n`);
  return 0;
};

const targetFlag = ({ url, data, stack }: Target): string => {
  if (stack !== undefined) return ` --stack ${stack}`;
  if (data !== undefined) return ` --data ${data}`;
  return url === undefined ? '' : ` --url ${url}`;
};

async function setShadow(dir: string, publisher: Publisher, io: Io): Promise<number> {
  const { hash, origin } = await upload(dir, publisher, io);
  const { commit, by } = origin;
  const shadow = await publisher.ask<Shadow>({ op: 'shadow', hash, commit, by });
  io.out(
    `${styled(io, 'green', '✓')} Ruleset ${hash} is the challenger since ${new Date(shadow.at).toISOString()}: ` +
      'it scores beside what is live, changes nothing and starts nothing.\n' +
      '  In a few days: kindling compare\n',
  );
  return 0;
}

async function endShadow(publisher: Publisher, io: Io): Promise<number> {
  await publisher.ask({ op: 'shadow', hash: null });
  io.out('There is no challenger any more.\n');
  return 0;
}

export const rollback = defineCommand({
  meta: { name: 'rollback', description: 'Make the ruleset live again that was live before, or another one' },
  args: {
    hash: {
      type: 'positional',
      required: false,
      description: 'One that `kindling rulesets` lists (default: what was live before)',
    },
    ...LIMITS,
    wait: {
      type: 'boolean',
      default: true,
      description: 'Show how the leads are brought back',
      negativeDescription: 'Do not wait until all leads are brought back',
    },
    ...TARGET,
    ...BY_DATA,
  },
  run: async ({ args, data }) => {
    const io = data as Io;
    const publisher = publisherOf(args);
    const hash = args.hash;
    if (hash !== undefined && !/^[0-9a-f]{16}$/.test(hash))
      throw new Refusal(`"${hash}" names no ruleset; \`kindling rulesets\` lists what was published`);
    const by = await whoAmI('.');
    const { live: before } = await publisher.ask<Listed>({ op: 'list' });
    const live = await publisher.ask<Publication>({
      op: 'rollback',
      ...(hash === undefined ? {} : { hash }),
      by,
      terms: termsOf(args),
    });
    if (live.epoch === before?.epoch) return isLiveAlready(live, io);
    io.out(liveLine(live, publisher.where, io));
    io.out(`  ${termsInWords(live.terms)}\n`);
    return args.wait ? follow(publisher, live.epoch, io) : 0;
  },
});

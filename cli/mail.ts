import { spawn } from 'node:child_process';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { defineCommand } from 'citty';

import type { JsonObject } from '../core/json.ts';
import { preview, type Preview, variantOf } from '../core/mail/preview.ts';
import { isForSales, SAMPLES } from '../core/mail/samples.ts';
import type { Known } from '../core/mail/variables.ts';
import { nearest } from '../core/nearest.ts';
import type { Ruleset } from '../core/ruleset.ts';
import { findLead, openApi, REACHED } from './api.ts';
import { type Io, Refusal } from './io.ts';
import { addressOf } from './address.ts';
import { previewPage } from './mail-page.ts';
import { BY_DATA } from './publish/publisher.ts';
import { rulesFolder, sound } from './rules.ts';
import { decideOn, mailInWords, unknownInWords, unknownMails } from './unknown-mails.ts';

const DOINGS = ['preview', 'unknown', 'resend', 'dismiss'] as const;

export const mail = defineCommand({
  meta: {
    name: 'mail',
    description:
      'Look at mails as leads would get them (kindling mail preview trial), and see to those of which nobody knows whether they went out (kindling mail unknown)',
  },
  args: {
    what: {
      type: 'positional',
      required: true,
      valueHint: DOINGS.join('|'),
      description: `What to do: ${DOINGS.map((doing) => `\`${doing}\``).join(', ')}`,
    },
    name: {
      type: 'positional',
      required: false,
      description:
        'The mail to preview, all of them where it is left out; or which of the unknown ones, as the list names it',
    },
    why: {
      type: 'string',
      valueHint: 'TEXT',
      description: 'With `resend` and `dismiss`: why, for whoever reads the log',
    },
    json: { type: 'boolean', default: false, description: 'With `unknown`: print the list as JSON' },
    locale: {
      type: 'string',
      valueHint: 'LOCALE',
      description: 'As a lead with this locale would get it: sv-SE',
    },
    lead: {
      type: 'string',
      valueHint: 'WHO',
      description:
        'known or unknown (people who do not exist), a JSON file with attributes, or a lead of the running product',
    },
    out: { type: 'string', valueHint: 'FILE', description: 'Write the page here (default: a new file)' },
    rules: { type: 'string', valueHint: 'DIR', description: 'The rules folder (default: rules)' },
    ...REACHED,
    ...BY_DATA,
  },
  run: async ({ args: given, data }) => {
    const io = data as Io;
    const { what } = given;
    const args = given.data === undefined ? given : { ...given, url: addressOf(given.data) };
    if (what === 'unknown') {
      if (args.name !== undefined) throw new Refusal(`"${args.name}" is one argument too many`);
      const found = await unknownMails(await openApi(args));
      io.out(args.json ? `${JSON.stringify(found)}\n` : unknownInWords(found));
      return 0;
    }
    if (what === 'resend' || what === 'dismiss') {
      const decided = await decideOn(await openApi(args), args.name, what, args.why);
      const done = what === 'resend' ? 'is sent once more' : 'is dismissed, and is not sent again';
      io.out(`${mailInWords(decided)} ${done}.\n`);
      return 0;
    }
    if (what !== 'preview') {
      const meant = nearest(what, DOINGS);
      throw new Refusal(
        `a mail can be ${DOINGS.join(', ')}, not "${what}"${meant === undefined ? '' : `; did you mean "${meant}"?`}`,
      );
    }
    const ruleset = await sound(rulesFolder(args.rules), io);
    const people = args.lead === undefined ? SAMPLES : { [args.lead]: await personOf(args.lead, args) };
    const names = namesOf(ruleset, args.name);
    const all = names.flatMap((name) =>
      // A mail to sales is the same, whoever would read the others.
      Object.entries(people)
        .slice(0, isForSales(name) ? 1 : undefined)
        .flatMap(([who, person]) => views(ruleset, name, person, args.locale).map((view) => ({ who, view }))),
    );
    const title = args.name ?? 'all mails';
    const out = resolve(
      args.out ?? join(await mkdtemp(join(tmpdir(), 'kindling-mail-')), `${title.replace(' ', '-')}.html`),
    );
    await writeFile(out, previewPage(title, all));
    io.out(`${out}\n`);
    if (io.terminal && args.out === undefined) open(out);
    return 0;
  },
});

const namesOf = ({ emails }: Ruleset, name: string | undefined): string[] => {
  const names = Object.keys(emails).filter((each) => !each.includes('.'));
  if (name === undefined) return names;
  if (names.includes(name)) return [name];
  const meant = nearest(name, names);
  throw new Refusal(
    `there is no mail "${name}"${meant === undefined ? `; there are ${names.join(', ')}` : `; did you mean "${meant}"?`}`,
  );
};

/** As the person reads it; without a locale every variant. */
const views = (ruleset: Ruleset, name: string, person: Known, locale: string | undefined): Preview[] => {
  const email = ruleset.emails[name];
  if (email === undefined) return [];
  const variants =
    locale === undefined ? [null, ...(email.locales ?? [])] : [variantOf(email, person, locale)];
  return variants.map((variant) => {
    const of = variant === null ? email : (ruleset.emails[`${name}.${variant}`] ?? email);
    return preview(name, of, variant, person, ruleset.settings);
  });
};

const personOf = async (who: string, reached: Parameters<typeof openApi>[0]): Promise<Known> => {
  if (who === 'known' || who === 'unknown') return SAMPLES[who];
  if (who.endsWith('.json')) return fromFile(who);
  const page = await findLead(await openApi(reached), who);
  return {
    lead: { ...page.attributes, ...(page.email === null ? {} : { email: page.email }) },
    account: page.account?.attributes ?? {},
  };
};

/** Attributes, or `{ lead, account }`, or an identify with its traits. */
const fromFile = async (file: string): Promise<Known> => {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new Refusal(`${file} cannot be read as JSON: ${(error as Error).message}`, { cause: error });
  }
  const isMapping = (each: unknown): each is JsonObject =>
    typeof each === 'object' && each !== null && !Array.isArray(each);
  if (!isMapping(value)) throw new Refusal(`${file} must hold one JSON object: the attributes of a lead`);
  const { lead, account, traits } = value;
  return {
    lead: isMapping(lead) ? lead : isMapping(traits) ? traits : value,
    account: isMapping(account) ? account : {},
  };
};

/** Opens a file as a double click would; where that is not possible the printed path is enough. */
const open = (file: string): void => {
  const [command, ...args] =
    process.platform === 'darwin'
      ? ['open']
      : process.platform === 'win32'
        ? ['cmd', '/c', 'start', '']
        : ['xdg-open'];
  const child = spawn(command ?? '', [...args, file], { stdio: 'ignore', detached: true });
  child.on('error', () => {});
  child.unref();
};

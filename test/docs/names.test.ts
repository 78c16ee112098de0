import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { type ArgsDef } from 'citty';
import { describe, expect, test } from 'vitest';

import { COMMANDS } from '../../cli/commands.ts';
import { EXAMPLES } from '../../cli/examples.ts';
import { unknownOption } from '../../cli/options.ts';
import scripts from '../../package.json' with { type: 'json' };

const ROOT = join(import.meta.dirname, '../..');

/** What readers are told to make. */
const THEIRS = ['.github/CODEOWNERS'];

/** Every page that people read, by its path in the repository. */
const PAGES = [
  'README.md',
  'CHANGELOG.md',
  ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`),
  ...readdirSync(join(ROOT, 'examples')).map((name) => `examples/${name}/README.md`),
].filter((path) => path.endsWith('.md') && existsSync(join(ROOT, path)));
const textOf = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** What stands in a block of code or between backticks. */
const codeIn = (text: string): readonly string[] => {
  const blocks = [...text.matchAll(/^ *```.*\n([\s\S]*?)^ *```$/gm)].map(([, code = '']) => code);
  const spans = text.replaceAll(/^ *```.*\n[\s\S]*?^ *```$/gm, '').matchAll(/`([^`]+)`/g);
  return [...blocks, ...[...spans].map(([, code = '']) => code.replaceAll(/\s+/g, ' '))];
};

/** Command lines of `kindling` in a piece of code, as words, without what the shell does with the answer. */
const commandsIn = (code: string): readonly (readonly string[])[] =>
  code
    .replaceAll(/\\\n\s*/g, ' ')
    .replaceAll(/"\$\([\s\S]*?\)"/g, 'X')
    .replaceAll(/^(\s*(?:\$ )?)npm start(?: --)?/gm, '$1kindling start')
    .split('\n')
    .map((line) => /^\s*(?:\$ )?(?:npx )?kindling(?: (?=[a-z-])(.*))$/.exec(line)?.[1])
    .filter((rest) => rest !== undefined)
    .map((rest) => rest.replace(/\s+(?:#|[|>;]|&&).*$/, ''))
    .map((rest) => (rest.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? []).map(unquoted));

const unquoted = (word: string): string => word.replaceAll(/["']/g, '');

/** What is wrong with a command line; nothing is run. */
async function slipIn([name = '', ...args]: readonly string[]): Promise<string | undefined> {
  if (name.startsWith('-')) return name === '--help' || name === '--version' ? undefined : name;
  const load = COMMANDS[name];
  if (!load) return `there is no command ${name}`;
  return args.includes('--help') ? undefined : unknownOption(args, (await load()).args as ArgsDef);
}

describe.each(PAGES)('%s', (path) => {
  const text = textOf(path);

  test('names commands and options that exist', async () => {
    const wrong: string[] = [];
    for (const words of codeIn(text).flatMap(commandsIn)) {
      const slip = await slipIn(words);
      // Prose names an option without its value.
      if (slip !== undefined && !slip.endsWith('needs a value'))
        wrong.push(`kindling ${words.join(' ')}: ${slip}`);
    }
    const named = [...text.matchAll(/npm run ([\w:-]+)/g)].map(([, script = '']) => script);
    wrong.push(...named.filter((script) => !Object.hasOwn(scripts.scripts, script)));
    expect(wrong).toEqual([]);
  });

  test('names files that exist', () => {
    const place =
      /^(?:\.github|bench|bin|cli|core|docs|examples|functions|infra|local|rules|rulefiles|templates|test|web)\/[\w./-]*$/;
    const named = codeIn(text)
      .flatMap((code) => code.split(/[\s:,()]+/))
      .filter((word) => place.test(word))
      .map((word) => word.replace(/\.$/, ''));
    expect(named.filter((file) => !THEIRS.includes(file) && !existsSync(join(ROOT, file)))).toEqual([]);
  });

  test('links to pages and sections that exist', () => {
    const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, to = '']) => to);
    const broken = links
      .filter((to) => !/^[a-z]+:/.test(to))
      .filter((to) => {
        const [file = '', section] = to.split('#');
        const there = file === '' ? path : join(dirname(path), file);
        if (!existsSync(join(ROOT, there))) return true;
        return section !== undefined && !sectionsOf(textOf(there)).includes(section);
      });
    expect(broken).toEqual([]);
  });
});

/** Sections as GitHub names them in addresses. */
const sectionsOf = (text: string): readonly string[] =>
  [...text.replaceAll(/^```[\s\S]*?^```$/gm, '').matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

describe('examples in --help', () => {
  test('every command has some', () => {
    expect(Object.keys(EXAMPLES).sort()).toEqual(Object.keys(COMMANDS).sort());
    expect(Object.entries(EXAMPLES).filter(([, lines]) => lines.length === 0)).toEqual([]);
  });

  test.each(Object.entries(EXAMPLES))('%s: can be typed as they stand', async (name, lines) => {
    for (const [line] of lines) {
      const [words = []] = commandsIn(line);
      expect(words[0], line).toBe(name);
      expect(await slipIn(words), line).toBeUndefined();
    }
  });
});

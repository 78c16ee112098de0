import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readFolder } from '../../rulefiles/folder.ts';

/** What a pull request may hold that is no rule file: it is checked on a machine that holds more than the rules. */
describe('a rules folder of a stranger', () => {
  let top: string;
  let rules: string;
  beforeAll(() => {
    top = mkdtempSync(join(tmpdir(), 'kindling-folder-'));
    rules = join(top, 'rules');
    mkdirSync(join(rules, 'emails'), { recursive: true });
    mkdirSync(join(rules, 'scores'));
    mkdirSync(join(top, 'rules-beside'));
    writeFileSync(join(top, 'secret'), 'the key');
    writeFileSync(join(top, 'rules-beside', 'secret'), 'the key');
    writeFileSync(join(rules, 'bands.yaml'), 'bands: []\n');
  });
  afterAll(() => rmSync(top, { recursive: true }));

  const told = (): Record<string, string> =>
    Object.fromEntries(readFolder(rules).issues.map(({ file, message }) => [file, message]));

  test.each([
    ['a link to a file elsewhere', 'emails/_a.mjml', (): string => join(top, 'secret')],
    ['a relative one', 'emails/_b.mjml', (): string => '../../secret'],
    ['one into a folder whose name begins alike', 'emails/_c.mjml', () => '../../rules-beside/secret'],
    ['what the process was started with', 'scores/d.yaml', () => '/proc/self/environ'],
    ['a device without an end', 'emails/_e.mjml', () => '/dev/zero'],
  ])('%s is refused, and not read', (_, name, target) => {
    symlinkSync(target(), join(rules, name));
    const { files } = readFolder(rules);
    expect(files.map(({ file }) => file)).not.toContain(name);
    expect(files.map(({ text }) => text).join()).not.toContain('the key');
    expect(told()[name]).toBe('this link leads out of the rules folder; put the file itself here');
  });

  test('a link to a folder elsewhere is not gone into', () => {
    symlinkSync(top, join(rules, 'sources'));
    const { files } = readFolder(rules);
    expect(files.every(({ file }) => !file.startsWith('sources'))).toBe(true);
    expect(told()).toHaveProperty('sources');
  });

  test('a link to nothing, a pipe, and a file of many megabytes cost only themselves', () => {
    symlinkSync('nowhere.yaml', join(rules, 'scores', 'f.yaml'));
    execFileSync('mkfifo', [join(rules, 'scores', 'g.yaml')]);
    writeFileSync(join(rules, 'scores', 'h.yaml'), Buffer.alloc(3_000_000, '#'));
    expect(told()).toMatchObject({
      'scores/f.yaml': expect.stringMatching(/^cannot be read: ENOENT/) as string,
      'scores/g.yaml': 'this is no plain file',
      'scores/h.yaml': 'longer than 2000000 bytes',
    });
    expect(readFolder(rules).files.map(({ file }) => file)).toEqual(['bands.yaml']);
  });

  test('a link that stays inside is a file like any other', () => {
    symlinkSync('bands.yaml', join(rules, 'settings.yaml'));
    expect(readFolder(rules).files.map(({ file }) => file)).toEqual(['bands.yaml', 'settings.yaml']);
  });
});

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { loadRules } from '../../rulefiles/load.ts';
import { folder } from './folder.ts';
import { run } from './run.ts';

const SAMPLES = join(import.meta.dirname, '..', '..', 'examples', 'import');

const imported = async (from: string, file: string) => {
  const into = join(folder(), 'rules');
  const { code, out, err } = await run(['import', from, file, '--into', into]);
  return { code, out, err, into, read: (name: string) => readFileSync(join(into, name), 'utf8') };
};

test("Mautic's point actions become rules that pass, with what has no equal as comments", async () => {
  const { code, out, into, read } = await imported('mautic', join(SAMPLES, 'mautic-points.json'));
  expect(code).toBe(0);
  expect(out).toContain('4 rules of Mautic; 2 could not be carried over, and are there as comments');
  const checked = await run(['check', '--rules', into]);
  expect(checked.err).not.toContain('error');
  expect(checked.code).toBe(0);
  const loaded = await loadRules(into);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
  const { scores } = loaded.value;
  expect(scores['mautic']?.rules['visits-pricing']).toMatchObject({
    why: 'From Mautic: Visits pricing.',
    when: { event: 'page', url: 'https://www.example.com/pricing*' },
    points: 10,
  });
  expect(scores['mautic']?.rules['visits-pricing']).not.toHaveProperty('once');
  expect(scores['mautic']?.rules['submits-the-contact-form']).toMatchObject({
    when: { event: 'Form Submitted', form: ['3'] },
    once: true,
  });
  expect(scores['mautic']?.rules['opens-an-email']).toMatchObject({ active: '2026-01-01..2026-06-30' });
  expect(scores['planner']?.rules['downloads-the-planner-s-handbook']).toMatchObject({ points: 8 });
  const text = read('scores/mautic.yaml');
  expect(text).toContain('# Without its `page_hits: 2`.');
  expect(text).toContain('# Not carried over: Old action');
  expect(text).toContain("# Mautic's `plugin.twitter` has no equal here.");
});

test("HubSpot's score becomes rules with its groups and ends, with what has no equal as comments", async () => {
  const { code, out, into, read } = await imported('hubspot', join(SAMPLES, 'hubspot-score.json'));
  expect(code).toBe(0);
  expect(out).toContain('3 rules of HubSpot; 2 could not be carried over');
  expect((await run(['check', '--rules', into])).code).toBe(0);
  const loaded = await loadRules(into);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
  const score = loaded.value.scores['buying-interest'];
  expect(score).toMatchObject({
    limit: { min: 0, max: 100 },
    groups: { 'who-they-are': { min: 0, max: 40 }, 'what-they-do': { max: 60 } },
  });
  expect(score?.rules['who-they-are-1']).toMatchObject({
    when: { all: [{ 'lead.jobtitle': ['*head*', '*director*'] }, { 'lead.numemployees': '>=50' }] },
    points: 20,
    group: 'who-they-are',
  });
  expect(score?.rules['what-they-do-1']).toMatchObject({
    when: { event: 'page', hs_url: '*/pricing*' },
    points: 10,
    cap: 30,
  });
  const text = read('scores/buying-interest.yaml');
  expect(text).toContain('Without its `decay`');
  expect(text).toContain("HubSpot's event 4-777: put the name in that your events carry.");
  expect(text).toContain('# It is switched off in HubSpot.');
  expect(text).toContain('# A calculation of the kind FREQUENCY has no equal here.');
});

test('titles that are alike, odd or empty make names that differ', async () => {
  const points = ['Ärger & Ärger', 'arger arger', '???', ''].map((name, id) => ({
    id,
    name,
    type: 'form.submit',
    isPublished: true,
    delta: 1,
    properties: {},
  }));
  const { code, read } = await imported(
    'mautic',
    join(folder({ 'p.json': JSON.stringify({ points }) }), 'p.json'),
  );
  expect(code).toBe(0);
  for (const name of ['arger-arger', 'arger-arger-2', 'rule', 'rule-2'])
    expect(read('scores/mautic.yaml')).toContain(`  ${name}:`);
});

test('what is no answer of such a product is refused, and nothing is overwritten', async () => {
  const dir = folder({ 'odd.json': '{"leads":[]}', 'text.json': 'hello', 'full/a.yaml': 'a' });
  const odd = await imported('mautic', join(dir, 'odd.json'));
  expect(odd.code).toBe(1);
  expect(odd.err).toContain("this is not what the product's API answers");
  expect(existsSync(odd.into)).toBe(false);
  expect((await imported('mautic', join(dir, 'text.json'))).err).toContain('is not JSON');
  expect((await imported('marketo', join(dir, 'odd.json'))).err).toContain('nothing is known of "marketo"');
  const file = join(SAMPLES, 'mautic-points.json');
  const full = await run(['import', 'mautic', file, '--into', join(dir, 'full')]);
  expect(full.err).toContain('holds files already');
});

test("HubSpot's branches that negate, and its negative operators, say the same here", async () => {
  const filter = (operator: string, more: object = {}): object => ({
    filterType: 'PROPERTY',
    property: 'country',
    operation: { operationType: 'ENUMERATION', operator, values: ['DK', 'SE'], ...more },
  });
  const rule = (filterBranch: object): object => ({
    enabled: true,
    configuration: { calculation: { type: 'CONSTANT', value: 5 }, filterBranch },
  });
  const branch = (filterBranchType: string, ...filters: object[]): object =>
    rule({ filterBranchType, filterBranches: [], filters });
  const ruleConfigurations = [
    branch('NOT_ALL', filter('IS_ANY_OF')),
    branch('NOT_ANY', filter('IS_ANY_OF'), filter('IS_KNOWN')),
    branch('AND', filter('IS_NONE_OF')),
    branch('AND', filter('IS_NONE_OF', { includeObjectsWithNoValueSet: true })),
    branch('AND', filter('IS_ANY_OF', { includeObjectsWithNoValueSet: true })),
    branch('ASSOCIATION', filter('IS_ANY_OF')),
    branch('AND', filter('HAS_NEVER_BEEN_ANY_OF')),
  ];
  const dir = folder({
    'score.json': JSON.stringify({ name: 'Fit', groupConfigs: [{ groupName: 'g', ruleConfigurations }] }),
  });
  const { code, out, into } = await imported('hubspot', join(dir, 'score.json'));
  expect(code).toBe(0);
  expect(out).toContain('5 rules of HubSpot; 2 could not be carried over');
  expect((await run(['check', '--rules', into])).code).toBe(0);
  const loaded = await loadRules(into);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
  const country = { 'lead.country': ['DK', 'SE'] };
  expect(Object.values(loaded.value.scores['fit']?.rules ?? {}).map(({ when }) => when)).toEqual([
    { not: country },
    { not: { any: [country, { 'lead.country': 'exists' }] } },
    { all: [{ 'lead.country': 'exists' }, { not: country }] },
    { not: country },
    { any: [country, { 'lead.country': 'missing' }] },
  ]);
});

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { Journey } from '../../core/schema/journey.ts';

const ROOT = join(import.meta.dirname, '..', '..');

const journeysIn = (rules: string): [string, Journey][] => {
  const folder = join(ROOT, rules, 'journeys');
  return (existsSync(folder) ? readdirSync(folder) : [])
    .filter((file) => file.endsWith('.yaml') && !file.endsWith('.test.yaml'))
    .map((file) => [`${rules}/${file}`, Journey.parse(parse(readFileSync(join(folder, file), 'utf8')))]);
};

/** The journeys that come with the product. */
export const readFolderJourneys = (): [string, Journey][] => journeysIn('rules');

/** Those of the examples, too. */
export const shippedJourneys = (): [string, Journey][] => [
  ...readFolderJourneys(),
  ...readdirSync(join(ROOT, 'examples')).flatMap((example) => journeysIn(join('examples', example))),
];

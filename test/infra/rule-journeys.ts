import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { Journey } from '../../core/schema/journey.ts';

const FOLDER = join(import.meta.dirname, '..', '..', 'rules', 'journeys');

/** The journeys that come with the product. */
export const readFolderJourneys = (): [string, Journey][] =>
  readdirSync(FOLDER)
    .filter((file) => file.endsWith('.yaml') && !file.endsWith('.test.yaml'))
    .map((file) => [file, Journey.parse(parse(readFileSync(join(FOLDER, file), 'utf8')))]);

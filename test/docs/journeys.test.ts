import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readFolderJourneys } from '../infra/rule-journeys.ts';
import { journeySvg } from '../../rulefiles/journey-svg.ts';

const DOCS = join(import.meta.dirname, '..', '..', 'docs');
const page = readFileSync(join(DOCS, 'journeys.md'), 'utf8').replaceAll(/\s+/g, ' ');

test.each(readFolderJourneys())('%s is drawn in the docs as it is', (_, journey) => {
  const drawing = `journeys/${journey.journey}.svg`;
  expect(page).toContain(`(${drawing})`);
  expect(page).toContain((journey.about ?? '').trim());
  // Otherwise: npx kindling journey draw NAME > docs/journeys/NAME.svg
  expect(readFileSync(join(DOCS, drawing), 'utf8')).toBe(journeySvg(journey));
});

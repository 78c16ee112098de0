import { expect, test } from 'vitest';

import { plain } from '../../web/console/words.ts';

test.each([
  ['Head of IT', 'Head of IT'],
  [null, ''],
  [undefined, ''],
  [0, '0'],
  [false, 'false'],
  [['crm', 'planner'], 'crm; planner'],
  [
    { purpose: 'nurture', source: 'form', at: '2026-05-14' },
    'purpose: nurture, source: form, at: 2026-05-14',
  ],
  [[{ purpose: 'events', withdrawn: true }, {}], 'purpose: events, withdrawn: true; '],
])('an attribute reads as people write it: %j', (value, text) => {
  expect(plain(value)).toBe(text);
});

import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';

import { Lookup } from '../../../core/engine/lookup.ts';
import { eventTest } from '../../../core/engine/match.ts';
import type { LeadEvent } from '../../../core/event.ts';
import type { Json } from '../../../core/json.ts';

const word = fc.constantFrom(
  '/',
  '/a',
  '/a/b',
  '/a/bc',
  'Été',
  'ete\u0301',
  '5',
  '5.0',
  'true',
  'crm',
  'x'.repeat(40),
);
const wanted = fc.oneof(
  word,
  word.map((text) => `${text}*`),
  word.map((text) => `*${text}`),
  fc.constantFrom<string | number | boolean | readonly (string | number)[]>(
    '*', '/*b', 5, true, 'missing', 'exists', '2..6', '>=5', '>5', '<5.5', '5..5', ['/a', '/a/b'], ['/a', '/A'], ['/a*', '/a/b'], [5, 'crm'], [5, 7],
  ), // prettier-ignore
);
const condition = fc.dictionary(fc.constantFrom('p', 'q.r', 'constructor'), wanted, { maxKeys: 3 });
const scalar = fc.oneof(word, fc.constantFrom<Json>(5, 5.5, true, false, null, ''));
const value = fc.oneof(scalar, fc.array(scalar, { maxLength: 3 }));
const properties = fc.record(
  {
    p: value,
    q: fc.oneof(
      value.map((r) => ({ r })),
      fc.array(
        value.map((r) => ({ r })),
        { maxLength: 2 },
      ),
    ),
  },
  { requiredKeys: [] },
);

test.prop([fc.array(condition, { maxLength: 12 }), properties], { numRuns: 3000 })(
  'whoever is looked up is who would be found by asking everyone, each once',
  (conditions, said) => {
    const listeners = conditions.map((one) => eventTest({ event: '*', ...one }));
    const event: LeadEvent = {
      id: 'e',
      occurredAt: 0,
      type: 'track',
      name: 'n',
      properties: said,
    };
    const told: unknown[] = [];
    new Lookup(listeners).visit(event, { tell: (listener) => told.push(listeners.indexOf(listener)) });
    const asked = listeners.flatMap((listener, n) => (listener.properties(event) ? [n] : []));
    expect(told.toSorted((a, b) => Number(a) - Number(b))).toEqual(asked);
  },
);

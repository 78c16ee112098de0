import { fc, test as lawOf } from '@fast-check/vitest';
import { expect, test } from 'vitest';

import { Damaged, decode, decodeLeads, encode, type StoredChunk } from '../../../cli/history/format.ts';
import { createColumns } from '../../../core/impact/columns.ts';
import type { LeadEvent } from '../../../core/event.ts';

const events = fc.array(
  fc.record({
    id: fc.uuid(),
    occurredAt: fc.integer({ min: 0, max: 253_402_300_799_999 }),
    type: fc.constantFrom('page' as const, 'track' as const, 'identify' as const),
    name: fc.constantFrom('page', 'Demo Booked', ''),
    properties: fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.boolean()), { maxKeys: 3 }),
  }),
  { maxLength: 20 },
);
const chunkOf = (leads: readonly LeadEvent[][]): StoredChunk => {
  const columns = createColumns();
  leads.forEach((log, n) =>
    columns.add({ id: `lead-${n}`, email: n % 2 ? 'ö@x.example' : null, user: null, state: null }, log),
  );
  const { leads: found, ...rest } = columns.chunk();
  return { ...rest, leads: found.map((lead, n) => ({ ...lead, version: n })) };
};

lawOf.prop([fc.array(events, { maxLength: 6 })])('what is written is what is read', (leads) => {
  const chunk = chunkOf(leads);
  const bytes = encode(chunk);
  const read = decode(bytes);
  expect(JSON.parse(JSON.stringify(read))).toEqual(JSON.parse(JSON.stringify(chunk)));
  expect(decodeLeads(bytes)).toEqual(read.leads);
});

lawOf.prop([fc.nat(), fc.integer({ min: 1, max: 255 })])(
  'a byte that is another one is found',
  (where, by) => {
    const bytes = encode(
      chunkOf([[{ id: 'a', occurredAt: 1, type: 'page', name: 'page', properties: { path: '/' } }]]),
    );
    const n = where % bytes.length;
    bytes[n] = (bytes[n] ?? 0) ^ by;
    expect(() => decode(bytes)).toThrow(Damaged);
  },
);

test('a file that ends too early is no chunk', () => {
  const bytes = encode(chunkOf([]));
  for (let length = 0; length < bytes.length; length += 1)
    expect(() => decode(bytes.subarray(0, length))).toThrow(Damaged);
});

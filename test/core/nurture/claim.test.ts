import { test as property, fc } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { claimTag, handoffEntry, readClaimTag } from '../../../core/nurture/claim.ts';

const entry = fc.stringMatching(/^[a-z][a-z0-9-]{0,40}$/);
const step = fc.oneof(
  fc.stringMatching(/^[1-9]\d?(\.(then|else)\.[1-9]\d?){0,3}$/),
  fc.constantFrom('mail', 'slack'),
);

property.prop([entry, step, fc.nat(999)])(
  'a tag names the claim it was made from, in letters that tags may have',
  (entryId, place, visit) => {
    const name = { leadId: 'lead', entry: entryId, step: place, visit };
    expect(claimTag(name)).toMatch(/^[A-Za-z0-9_-]{1,256}$/);
    expect(readClaimTag('lead', claimTag(name))).toEqual(name);
  },
);

test('what is no tag of ours names nothing', () => {
  for (const tag of ['', 'a', 'a_b', 'a_b_c', 'a_b_0_0', 'a_B_0', '__0', 'a_b_-1'])
    expect(readClaimTag('lead', tag)).toBeNull();
  expect(handoffEntry(3)).toBe('handoff-3');
});

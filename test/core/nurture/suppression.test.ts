import { expect, test } from 'vitest';
import { suppressionHash, suppressionsFor } from '../../../core/nurture/suppression.ts';

test('every spelling of an address has one name, which does not hold it', () => {
  const hash = suppressionHash('ann@bücher.example');
  expect(hash).toBe(suppressionHash(' Ann@XN--BCHER-KVA.example '));
  expect(hash).toMatch(/^[0-9a-f]{64}$/);
  expect(suppressionHash('no address')).toBeNull();
});

test('bounces for good and complaints suppress; a full mailbox does not', () => {
  const bounce = (bounceType: string): object => ({
    eventType: 'Bounce',
    bounce: { bounceType, bouncedRecipients: [{ emailAddress: 'Ann <ann@example.com>' }] },
  });
  expect(suppressionsFor(bounce('Permanent'))).toEqual([
    { hash: suppressionHash('ann@example.com'), reason: 'bounced' },
  ]);
  expect(suppressionsFor(bounce('Transient'))).toEqual([]);
  const complaint = {
    eventType: 'Complaint',
    complaint: { complainedRecipients: [{ emailAddress: 'bo@example.com' }] },
  };
  expect(suppressionsFor(complaint)).toEqual([
    { hash: suppressionHash('bo@example.com'), reason: 'complained' },
  ]);
  expect(suppressionsFor({ eventType: 'Open' })).toEqual([]);
});

test('a malformed event suppresses nobody', () => {
  for (const recipients of [undefined, null, 'x', [null], [{}], [{ emailAddress: 5 }]])
    expect(
      suppressionsFor({ eventType: 'Complaint', complaint: { complainedRecipients: recipients } }),
    ).toEqual([]);
});

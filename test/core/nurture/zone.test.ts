import { expect, test } from 'vitest';
import { zoneOf } from '../../../core/nurture/zone.ts';

test('a lead lives by its own zone, then by its browser’s, then by that of the settings', () => {
  expect(zoneOf({ timezone: 'Asia/Tokyo', browser_timezone: 'Europe/Paris' }, 'UTC')).toBe('Asia/Tokyo');
  expect(zoneOf({ browser_timezone: 'Europe/Paris' }, 'Europe/Copenhagen')).toBe('Europe/Paris');
  expect(zoneOf({}, 'Europe/Copenhagen')).toBe('Europe/Copenhagen');
  expect(zoneOf({}, undefined)).toBe('UTC');
});

test('a zone that no clock knows is passed over', () => {
  for (const timezone of ['Mars/Olympus', '', '+02:00', 7, null, 'x'.repeat(100)])
    expect(zoneOf({ timezone, browser_timezone: 'Europe/Paris' }, undefined)).toBe('Europe/Paris');
});

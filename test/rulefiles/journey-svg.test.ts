import { expect, test } from 'vitest';
import type { Journey } from '../../core/schema/journey.ts';
import { journeySvg } from '../../rulefiles/journey-svg.ts';
import { everyStep } from '../infra/every-step.ts';

test('every step and every way is in the picture, inside its borders', () => {
  const svg = journeySvg(everyStep);
  for (const text of ['Send “first”', 'Hand over to sales', 'Leave', 'long 50%', 'yes', 'no'])
    expect(svg).toContain(text);
  const [, width = 0, height = 0] = (/viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg) ?? []).map(Number);
  const boxes = [
    ...svg.matchAll(/<rect[^>]* x="([-\d.]+)" y="([-\d.]+)" width="([\d.]+)" height="([\d.]+)"/g),
  ];
  expect(boxes.length).toBeGreaterThan(10);
  for (const [, x, y, w, h] of boxes.map((box) => box.map(Number))) {
    expect(Number(x)).toBeGreaterThanOrEqual(0);
    expect(Number(y)).toBeGreaterThanOrEqual(0);
    expect(Number(x) + Number(w)).toBeLessThanOrEqual(width);
    expect(Number(y) + Number(h)).toBeLessThanOrEqual(height);
  }
});

test('it is the same for the same journey, and what a name says stays text', () => {
  const named: Journey = { ...everyStep, start: { event: '<script>"&' } };
  expect(journeySvg(named)).toBe(journeySvg(named));
  expect(journeySvg(named)).not.toContain('<script>');
  expect(journeySvg(named)).toContain('&#60;script&#62;');
});

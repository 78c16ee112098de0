import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Product, startProduct } from './product.ts';

/** A Thursday, ten o'clock in Stockholm. */
const START = '2026-05-07T08:00:00.000Z';

let rules: string;
let product: Product;
beforeAll(async () => {
  rules = await mkdtemp(join(tmpdir(), 'kindling-rules-'));
  for (const part of ['rules', 'handoff-rules'])
    await cp(join(import.meta.dirname, part), rules, { recursive: true });
  product = await startProduct({ args: ['--rules', rules, '--virtual-clock', START] });
});
afterAll(async () => {
  await product.end();
  await rm(rules, { recursive: true, force: true });
});

const mornings = async () =>
  (await product.mail())
    .filter(({ subject }) => subject.startsWith('morning: '))
    .map(({ subject, to, html }) => ({ subject: subject.trim(), to: String(to), html }));

describe('who to call today', () => {
  test('is told each owner once, at eight of their day, and at no weekend', async () => {
    const message = (name: string, type: string, more: object) => ({
      type,
      userId: name,
      messageId: `${name}-${type}`,
      timestamp: START,
      ...more,
    });
    await product.send(
      ...[
        { name: 'ann', country: 'SE' },
        { name: 'ben', country: 'US' },
      ].flatMap(({ name, country }) => [
        message(name, 'identify', {
          traits: { email: `${name}@${name}.example`, name, title: 'Head of IT', country },
        }),
        message(name, 'page', { properties: { path: '/pricing' } }),
        message(name, 'track', { event: 'Demo Booked' }),
      ]),
    );
    await product.idle();
    // 05:30 UTC on Friday: half past seven in Stockholm.
    await product.advance('21h');
    await product.advance('30m');
    expect(await mornings()).toEqual([]);

    await product.advance('30m');
    // One mail stands behind the other for the account's sending rate.
    await product.advance('2s');
    const friday = await mornings();
    expect(friday.map(({ subject }) => subject).sort()).toEqual(['morning: ann', 'morning: ben']);
    const ofAnn = friday.find(({ subject }) => subject === 'morning: ann');
    expect(ofAnn?.to).toMatch(/(nora|olle)@kindling\.example/);
    const { id } = await product.lead('ann@ann.example');
    expect(ofAnn?.html).toContain(`${product.url}/leads/${id}`);
    expect(ofAnn?.html).toContain('since yesterday: Handed over to you');

    // More ticks send nothing.
    await product.advance('6h');
    expect(await mornings()).toHaveLength(2);

    await product.advance('60h');
    expect((await product.get<{ now: string }>('/_local/clock')).now).toContain('2026-05-11T00');
    expect(await mornings()).toHaveLength(2);
    await product.advance('9h');
    const monday = (await mornings()).slice(2);
    expect(monday).toHaveLength(2);
    for (const { html } of monday) expect(html).toContain('since Friday');
  });
});

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Product, startProduct } from './product.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const RULES = join(ROOT, 'test', 'flow', 'rules');
const START = '2026-05-04T08:00:00.000Z';

let product: Product;
beforeAll(async () => {
  product = await startProduct({ args: ['--rules', RULES, '--virtual-clock', START] });
  const about = { userId: 'ida', timestamp: START };
  await product.send(
    { ...about, type: 'identify', messageId: 'i', traits: { email: 'ida@alpha.example', name: 'Ida Falk' } },
    { ...about, type: 'page', messageId: 'p', properties: { path: '/pricing' } },
  );
  await product.idle();
});
afterAll(() => product.end());

const kindling = async (...args: string[]): Promise<{ code: number; out: string; err: string }> => {
  const run = promisify(execFile);
  const env = { ...process.env, NODE_OPTIONS: '' };
  const asked = run(process.execPath, [join(ROOT, 'bin/kindling.js'), ...args, '--url', product.url], {
    env,
  });
  return asked.then(
    ({ stdout, stderr }) => ({ code: 0, out: stdout, err: stderr }),
    (error: { code: number; stdout: string; stderr: string }) => ({
      code: error.code,
      out: error.stdout,
      err: error.stderr,
    }),
  );
};

describe('points by hand, at the command line', () => {
  test('move the lead at once, and sales reads who gave them and why', async () => {
    const before = await product.lead('ida@alpha.example');
    const said = await kindling(
      ...['adjust', 'ida@alpha.example', '--score', 'engagement', '--points', '60'],
      ...['--why', 'Came to our stand and asked for <prices>', '--until', '2026-06-03'],
    );
    expect(said).toMatchObject({ code: 0, err: '' });
    expect(said.out).toContain(
      'you@localhost added 60 points to engagement: “Came to our stand and asked for <prices>”, until 3 June\n',
    );
    expect(said.out).toMatch(/Ida Falk: \d+ points, \w+ -> \d+ points, hot\n/);
    const after = await product.lead('ida@alpha.example');
    expect(after.total).toBeGreaterThan(before.total);

    await product.idle();
    const mail = (await product.mail()).find(({ text }) => text.includes('asked for'));
    expect(mail?.text).toContain('you@localhost added 60 points to engagement');
    expect(mail?.html).toContain('&lt;prices&gt;');
    expect(JSON.stringify(await product.slack())).toContain('you@localhost added 60 points');
    expect((await kindling('explain', 'ida@alpha.example')).out).toContain(
      'you@localhost added 60 points to engagement: “Came to our stand',
    );
  });

  test('end by themselves on the day that was said', async () => {
    await product.advance('31d');
    const ida = await product.lead('ida@alpha.example');
    expect(ida.adjustments).toMatchObject([{ counts: false }]);
    expect(ida.band).toBe('cold');
  });

  test('take points, too', async () => {
    const { out } = await kindling(
      ...['adjust', 'ida@alpha.example', '--score', 'fit', '--points=-5', '--why', 'Left the company'],
    );
    expect(out).toContain('you@localhost took 5 points from fit: “Left the company”');
  });

  test('a slip changes nothing and says how to mend it', async () => {
    const ask = (...more: string[]) => kindling('adjust', 'ida@alpha.example', '--why', 'w', ...more);
    expect(await ask('--score', 'engagment', '--points', '5')).toMatchObject({
      code: 1,
      err: 'kindling: score must be one of engagement, fit; did you mean engagement?\n',
    });
    expect((await ask('--score', 'fit', '--points', 'five')).err).toContain('is no number of points');
    expect((await ask('--score', 'fit', '--key', 'crm', '--points', '5')).err).toContain('has no keys');
    expect((await ask('--score', 'fit', '--points', '5', '--until', 'soon')).err).toContain('must be a date');
    expect((await kindling('adjust', 'nobody', '--score', 'fit', '--points', '5', '--why', 'w')).err).toBe(
      'kindling: nobody is called "nobody"\n',
    );
    expect((await product.lead('ida@alpha.example')).adjustments).toHaveLength(2);
  });

  test('nobody who is not signed in', async () => {
    const { id } = await product.lead('ida@alpha.example');
    const send = (headers: Record<string, string>) =>
      fetch(`${product.url}/api/leads/${id}/adjustments`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ score: 'fit', points: 5, why: 'w' }),
      });
    expect((await send({})).status).toBe(401);
    expect((await send({ authorization: `Bearer ${product.token.slice(0, -3)}xxx` })).status).toBe(401);
    expect((await send({ authorization: `Basic ${btoa(`${product.keys.server}:`)}` })).status).toBe(401);
    expect((await product.lead('ida@alpha.example')).adjustments).toHaveLength(2);
  });
});

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { answerToken } from '../../../core/handoff/answer-link.ts';
import { createWatch } from '../../../functions/handoffs/watch.ts';
import { NOW, putLead } from '../nurture.ts';
import { type Answering, startAnswering } from './answering.ts';

let sales: Answering;
beforeAll(async () => {
  sales = await startAnswering();
});
afterAll(() => sales.store.stop());
beforeEach(() => sales.reset());

test('looking changes nothing, also at an address that asks for an answer', async () => {
  await sales.open('look');
  const { status, body } = await sales.page(sales.tokenOf('look'));
  expect(status).toBe(200);
  expect(body).toContain('I take it');
  await sales.call('GET', '/h/x', {
    params: { token: sales.tokenOf('look') },
    query: { answer: 'accepted' },
  });
  await sales.call('HEAD', '/h/x', {
    params: { token: sales.tokenOf('look') },
    query: { answer: 'accepted' },
  });
  expect(await sales.find('look')).toMatchObject({ state: 'open' });
  expect(sales.told).toEqual([]);
});

test('what strangers called themselves stays text', async () => {
  await sales.open('text');
  const { body } = await sales.page(sales.tokenOf('text'));
  expect(body).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  expect(body).not.toContain('<script');
  expect(body).toContain('Company &lt;too&gt; small');
});

test('one answer counts, and is sales.told once, however often a button is pressed', async () => {
  await sales.open('twice');
  const answers = await Promise.all([
    sales.page(sales.tokenOf('twice'), { answer: 'accepted' }),
    sales.page(sales.tokenOf('twice'), { answer: 'accepted' }),
    sales.page(sales.tokenOf('twice'), { answer: 'not-now' }),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  await sales.page(sales.tokenOf('twice'), { answer: 'not-a-fit', reason: 'too-small' });
  const record = await sales.find('twice');
  expect(record?.untold).toEqual([]);
  // Told twice by two clicks at once, it is one event: the ids are the same.
  expect(new Set(sales.told.map(({ messageId }) => messageId)).size).toBe(1);
  expect(new Set(sales.told.map(({ event }) => event)).size).toBe(1);
});

test.each([
  [{ answer: 'accepted' }, 'accepted', 'handoff.accepted', undefined],
  [{ answer: 'not-now' }, 'closed', 'handoff.rejected', 'not-now'],
  [{ answer: 'not-a-fit', reason: 'too-small' }, 'closed', 'handoff.rejected', 'too-small'],
])('%j', async (form, state, event, reason) => {
  const id = `a-${form.answer}`;
  await sales.open(id);
  await sales.page(sales.tokenOf(id), form);
  expect(await sales.find(id)).toMatchObject({ state, answer: { what: form.answer, by: 'Freja', at: NOW } });
  expect(sales.told).toEqual([
    expect.objectContaining({
      event,
      leadId: id,
      messageId: `handoff#${id}#1#answer`,
      properties: { handoff: `lead/${id}/1`, by: 'Freja', ...(reason === undefined ? {} : { reason }) },
    }),
  ]);
});

test('it speaks the language that the browser asks for, where there are texts in it', async () => {
  await sales.open('sv');
  const look = async (language: string): Promise<string> => {
    const headers = { 'Accept-Language': language };
    const token = sales.tokenOf('sv');
    return (await sales.call('GET', `/h/${token}`, { params: { token }, headers })).body;
  };
  expect(await look('sv-SE,sv;q=0.9,en;q=0.8')).toContain('Jag tar den');
  expect(await look('sv')).toContain('<html lang="sv">');
  for (const language of ['da, fi;q=0.5', '', '<script>', 'constructor'])
    expect(await look(language)).toContain('I take it');
  const headers = { 'Accept-Language': 'sv' };
  expect((await sales.call('GET', '/h/x', { params: { token: 'x' }, headers })).body).toContain(
    'Länken fungerar inte',
  );
  const token = sales.tokenOf('sv');
  const body = 'answer=accepted';
  const after = await sales.call('POST', '/h/x', { params: { token }, headers, body });
  expect(after.body).toContain('Freja tog den, 14 maj 2026 12:00.');
});

test('once it is taken, the page asks how it ended', async () => {
  await sales.open('deal');
  expect((await sales.page(sales.tokenOf('deal'), { answer: 'won' })).status).toBe(200);
  expect(await sales.find('deal')).toMatchObject({ state: 'open' });
  const after = await sales.page(sales.tokenOf('deal'), { answer: 'accepted' });
  expect(after.body).toContain('Freja took it, 14 May 2026, 12:00.');
  expect(after.body).toContain('The deal is won');
  await sales.page(sales.tokenOf('deal'), { answer: 'lost', reason: 'too dear' });
  await sales.page(sales.tokenOf('deal'), { answer: 'won' });
  expect(await sales.find('deal')).toMatchObject({
    state: 'closed',
    deal: { what: 'lost', reason: 'too dear' },
  });
  expect(sales.told.map(({ event }) => event)).toEqual(['handoff.accepted', 'deal.lost']);
});

test('forged, tampered with at any byte, of another secret, stale, or without an answer: refused, with no change', async () => {
  await sales.open('safe');
  const token = sales.tokenOf('safe');
  const forged = answerToken(
    { of: 'lead', id: 'safe', entry: 1, asked: 0, expiresAt: NOW + 1_000 },
    'another secret, as long',
  );
  const bad = [forged, '', '.', 'x', `${token}x`, token.slice(0, -1), `${token}.`];
  for (let place = 0; place < token.length; place += 1)
    bad.push(token.slice(0, place) + (token[place] === 'A' ? 'B' : 'A') + token.slice(place + 1));
  for (const each of bad) expect((await sales.page(each, { answer: 'accepted' })).status, each).toBe(400);
  sales.now = NOW + 1_000_000;
  expect((await sales.page(token, { answer: 'accepted' })).status).toBe(410);
  sales.now = NOW;
  for (const form of [
    {},
    { answer: 'toString' },
    { answer: 'not-a-fit', reason: '__proto__' },
    { answer: 'not-a-fit' },
  ])
    expect((await sales.page(token, form as Record<string, string>)).status).toBe(400);
  expect((await sales.page(sales.tokenOf('nobody'), { answer: 'accepted' })).status).toBe(410);
  expect(await sales.find('safe')).toMatchObject({ state: 'open' });
  expect(sales.told).toEqual([]);
});

test('the address holds no address of a person', () => {
  const [payload = ''] = sales.tokenOf('lead-1').split('.');
  expect(Buffer.from(payload, 'base64url').toString()).not.toContain('@');
});

test('an answer that the bus did not hear of is sales.told by whoever comes by next', async () => {
  await sales.open('down');
  sales.busIsDown = true;
  expect((await sales.page(sales.tokenOf('down'), { answer: 'accepted' })).status).toBe(200);
  expect(await sales.find('down')).toMatchObject({ state: 'accepted', untold: ['answer'] });
  sales.busIsDown = false;
  const watch = createWatch(sales.ports);
  expect(await watch({ action: 'watch', leadId: 'down', entry: 1, told: 0 })).toEqual({ outcome: 'done' });
  expect(sales.told.map(({ event }) => event)).toEqual(['handoff.accepted']);
  expect(await sales.find('down')).toMatchObject({ untold: [] });
});

test('a merged lead’s handoff is answered where it went', async () => {
  await sales.open('younger');
  const record = await sales.find('younger');
  await putLead(sales.store.table, 'younger', { into: 'older' });
  await putLead(sales.store.table, 'older', {});
  await sales.store.table.put({ pk: 'LEAD#older', sk: 'HANDOFF#000001', from: 'younger', ...record });
  await sales.page(sales.tokenOf('younger'), { answer: 'accepted' });
  expect(await sales.find('older')).toMatchObject({ state: 'accepted' });
  expect(sales.told).toMatchObject([{ event: 'handoff.accepted', leadId: 'older' }]);
});

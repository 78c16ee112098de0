import PostalMime from 'postal-mime';
import { describe, expect, test } from 'vitest';
import { compose } from '../../../functions/mail/compose.ts';
import { render, safeLinks } from '../../../core/mail/render.ts';

const email = {
  subject: 'Hi {{ lead.name }}',
  preheader: 'For {{ lead.name }}',
  html: '<p title="{{ lead.name }}">{{ preheader }}</p><a href="{{ lead.site }}">site</a>',
  text: 'Hi {{ lead.name }}',
};
const HOSTILE = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  '{{ lead.secret }}{% for x in (1..1000000000) %}x{% endfor %}',
  'Ann\r\nBcc: victim@example.com\r\n\r\nbody',
  'Ann\u2028Bcc: victim@example.com',
  '=?utf-8?q?x?=, "quoted" <a@example.com>',
  ' href=javascript:alert(1) ',
];

describe('a template filled in', () => {
  test.each(HOSTILE)('%j stays text in the HTML', (name) => {
    const { html } = render(email, { lead: { name, secret: 'SECRET', site: 'https://a.example' } });
    expect(html).not.toMatch(/<script|<img|SECRET/);
    expect(html.match(/<[a-z]+/g)).toEqual(['<p', '<a']);
    expect(html).toMatch(/^<p title="[^"]*">/);
  });

  test.each(HOSTILE)('%j makes no second line of the subject', (name) => {
    expect(render(email, { lead: { name } }).subject).not.toMatch(/[\r\n\u2028]/);
  });

  test('what a lead does not have is left out, and a default steps in', () => {
    const polite = { ...email, subject: 'Hi {{ lead.firstName | default: "there" }}{{ lead.a.b.c }}' };
    expect(render(polite, { lead: {} }).subject).toBe('Hi there');
  });

  test('inherited properties are no variables', () => {
    const sly = { ...email, text: '[{{ lead.constructor }}{{ lead.constructor.name }}{{ lead.toString }}]' };
    expect(render(sly, { lead: {} }).text).toBe('[]');
  });

  test.each(['include', 'render', 'layout'])('no file is read by {%% %s %%}, whoever names it', (tag) => {
    // A file that is there, from the folder that tests run in.
    for (const name of ['"package.json"', '"./package.json"', 'lead.file']) {
      const nosy = { ...email, text: `{% ${tag} ${name} %}` };
      expect(() => render(nosy, { lead: { file: 'package.json' } })).toThrow(/not allowed/);
      const liquid = { ...email, text: `{% liquid\n${tag} ${name}\n%}` };
      expect(() => render(liquid, { lead: { file: 'package.json' } })).toThrow(/not allowed/);
    }
  });

  test('a template that would never end is stopped', () => {
    const endless = {
      ...email,
      html: '{% for x in (1..100000000) %}{% for y in (1..100000000) %}x{% endfor %}{% endfor %}',
    };
    expect(() => render(endless, { lead: {} })).toThrow(/limit/);
  });

  test('plain text is not escaped', () => {
    expect(render(email, { lead: { name: 'Søren & Co' } }).text).toBe('Hi Søren & Co');
  });
});

describe('links', () => {
  test.each([
    'https://a.example/x?y=1&amp;z=2',
    'http://a.example',
    'mailto:a@example.com',
    'HTTPS://A.example',
  ])('%s is left as it is', (link) =>
    expect(safeLinks(`<a href="${link}">x</a>`)).toBe(`<a href="${link}">x</a>`),
  );

  test.each([
    'javascript:alert(1)',
    ' javascript:alert(1)',
    'java\tscript:alert(1)',
    'java&Tab;script&colon;alert(1)',
    '&#106;avascript:alert(1)',
    '&#x6A;avascript:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    'file:///etc/passwd',
    '//a.example',
    '',
  ])('%j leads nowhere', (link) => {
    expect(safeLinks(`<a class="b" href="${link}">x</a>`)).toBe('<a class="b" href="#">x</a>');
    expect(safeLinks(`<a href='${link}'>x</a>`)).toBe('<a href="#">x</a>');
  });

  test('an unquoted one is read too', () => {
    expect(safeLinks('<a href=javascript:alert(1)>x</a>')).toBe('<a href="#">x</a>');
  });

  test('what looks like a link inside another attribute stays text', () => {
    const html = '<img alt=" href=javascript:x onerror=y " src="https://a.example/a.png">';
    expect(safeLinks(html)).toBe(html);
  });
});

describe('a mail as bytes', () => {
  const rendered = { subject: 'Hi', html: '<p>Hej Søren</p>', text: 'Hej Søren' };
  const envelope = {
    from: { name: 'Lantern', email: 'hello@lantern.example' },
    to: { email: 'ann@example.com' },
    messageId: '<1@lantern.example>',
  };

  test('it has both parts, and the headers that let a mailbox unsubscribe with one click', async () => {
    const unsubscribeUrl = `https://k.example/u/${'x'.repeat(120)}`;
    const mail = await PostalMime.parse(await compose(rendered, { ...envelope, unsubscribeUrl }));
    const headers = Object.fromEntries(mail.headers.map(({ key, value }) => [key, value]));
    expect(headers['list-unsubscribe']).toBe(`<${unsubscribeUrl}>`);
    expect(headers['list-unsubscribe-post']).toBe('List-Unsubscribe=One-Click');
    expect(mail.text?.trim()).toBe('Hej Søren');
    expect(mail.html?.trim()).toBe('<p>Hej Søren</p>');
  });

  test.each(HOSTILE)('a person called %j gets one mail, and nobody else does', async (name) => {
    const to = { name, email: 'ann@example.com' };
    const mail = await PostalMime.parse(await compose({ ...rendered, subject: name }, { ...envelope, to }));
    expect(mail.to?.map(({ address }) => address)).toEqual(['ann@example.com']);
    expect(mail.cc ?? []).toEqual([]);
    expect(mail.bcc ?? []).toEqual([]);
    expect(mail.headers.map(({ key }) => key)).not.toContain('bcc');
  });

  test.each([
    'ann@example.com\r\nBcc: x@example.com',
    'ann@example.com, x@example.com',
    '<ann@example.com>',
    '',
  ])('%j is no address', async (address) => {
    await expect(async () => compose(rendered, { ...envelope, to: { email: address } })).rejects.toThrow(
      'address',
    );
  });

  test('an internal mail offers no way to unsubscribe', async () => {
    const mail = await PostalMime.parse(await compose(rendered, envelope));
    expect(mail.headers.map(({ key }) => key)).not.toContain('list-unsubscribe');
  });
});

import { describe, expect, test } from 'vitest';
import { render } from '../../core/mail/render.ts';
import { SAMPLES, sampleVariables } from '../../core/mail/samples.ts';
import { type RuleFile } from '../../rulefiles/folder.ts';
import { readMails, type ReadMails } from '../../rulefiles/mail.ts';

const LAYOUT = `<mjml>
<mj-head><mj-preview>{{ preheader }}</mj-preview></mj-head>
<mj-body>
<mj-section><mj-column>
{{ content }}
</mj-column></mj-section>
<mj-include path="_footer.mjml" />
</mj-body>
</mjml>
`;
const footer = (words: string): string =>
  `<mj-section><mj-column><mj-text>${words} <a href="{{ unsubscribe_url }}">out</a></mj-text></mj-column></mj-section>\n`;
const mail = (body: string, front = 'subject: Hello'): string => `---\n${front}\n---\n${body}\n`;
const HI = '<mj-text>Hi {{ lead.firstName | default: "you" }}</mj-text>';

const read = (
  files: Readonly<Record<string, string>>,
  attributes: readonly string[] = [],
  topics: readonly string[] = [],
): Promise<ReadMails> => {
  const all = Object.entries({ _layout: LAYOUT, _footer: footer('English'), ...files }).map(
    ([name, text]): RuleFile => ({
      kind: name.startsWith('_') ? 'partial' : 'email',
      file: `emails/${name}.mjml`,
      name,
      text,
    }),
  );
  return readMails(
    all.filter(({ kind }) => kind === 'email'),
    {
      partials: all.filter(({ kind }) => kind === 'partial'),
      attributes: { lead: attributes, account: [] },
      topics,
    },
  );
};
const told = ({ issues }: Pick<ReadMails, 'issues'>): string[] =>
  issues.map(
    ({ file, line, column, message, suggestion }) =>
      `${file}:${line}:${column} ${message}${suggestion === undefined ? '' : ` (${suggestion}?)`}`,
  );

describe('files', () => {
  test('are not read by Liquid: what a mail holds is said by mj-include', async () => {
    const mails = await read({
      a: mail(`<mj-text>{% include "package.json" %}</mj-text>`),
      b: mail(HI, 'subject: \'{% render "package.json" %}\''),
    });
    expect(told(mails)).toEqual([
      expect.stringMatching(/^emails\/a.mjml:4:10 `\{% include %\}` is not allowed; .*mj-include/) as string,
      expect.stringMatching(/^emails\/b.mjml:2:10 `\{% render %\}` is not allowed/) as string,
    ]);
    expect(mails.emails).toEqual({});
  });

  test.each(['/etc/passwd', '../../package.json', 'file:///etc/passwd', '_footer.mjml/../../../etc/passwd'])(
    'are included from beside the mails only: %s',
    async (path) => {
      const mails = await read({ a: mail(`${HI}\n<mj-include path="${path}" />`) });
      expect(told(mails)).toEqual([expect.stringContaining(`there is no emails/${path}`)]);
    },
  );

  test.each([
    '<mj-include type="css" path="package.json" />',
    '<mj-include css-inline="inline" path="./package.json"></mj-include>',
    '<mj-include\n path="package.json" />',
  ])('are not fetched by the template language behind our own: %s', async (tag) => {
    const { emails } = await read({ a: mail(`${HI}\n${tag}`) });
    expect(emails.a?.html ?? '').not.toContain('dependencies');
  });
});

describe('what would eat the machine that checks it', () => {
  test('partials that hold each other many times are too much, and told once', async () => {
    const levels = Object.fromEntries(
      Array.from({ length: 7 }, (_, n) => [`_p${n}`, `<mj-include path="_p${n + 1}.mjml" />\n`.repeat(20)]),
    );
    const begun = performance.now();
    const mails = await read({ ...levels, _p7: HI, a: mail('<mj-include path="_p0.mjml" />') });
    expect(told(mails)).toEqual([
      expect.stringMatching(
        /^emails\/_p\d.mjml:\d+:1 with all that it includes, this mail is longer than 20000 lines$/,
      ) as string,
    ]);
    expect(performance.now() - begun).toBeLessThan(20_000);
  });

  test('a line of a hundred thousand includes', async () => {
    const mails = await read({ a: mail('<mj-include path="_footer.mjml" />'.repeat(100_000)) });
    expect(told(mails).join()).toMatch(/longer than 20000 lines/);
  });

  test('Liquid that takes more than where mail is sent is granted', async () => {
    const mails = await read({ a: mail(`${HI}<mj-text>{% assign all = (1..3000000) %}</mj-text>`) });
    expect(told(mails)).toEqual([
      expect.stringMatching(/^emails\/a.mjml:1:1 cannot be filled in: memory alloc limit exceeded/) as string,
    ]);
  });
});

describe('layout and partials', () => {
  test('stand around a mail that is no whole document', async () => {
    const { emails, issues, warnings } = await read({ a: mail(HI) });
    expect([issues, warnings]).toEqual([[], []]);
    const { html, text } = render(emails.a!, sampleVariables('a', SAMPLES.known));
    expect(html).toMatch(/Hi Signe[\s\S]*English/);
    expect(text).toContain('https://kindling.example/u/sample');
  });

  test('a mail that is one stands alone', async () => {
    const { emails } = await read({
      a: mail(`<mjml><mj-body><mj-section><mj-column>${HI}</mj-column></mj-section></mj-body></mjml>`),
    });
    expect(emails.a?.html).not.toContain('English');
  });

  test('a mail may name another layout', async () => {
    const plain = LAYOUT.replace('<mj-include path="_footer.mjml" />', '<mj-raw><!-- plain --></mj-raw>');
    const { emails, issues } = await read({ a: mail(HI, 'subject: Hello\nlayout: plain'), _plain: plain });
    expect(issues).toEqual([]);
    expect(emails.a?.html).toContain('<!-- plain -->');
    expect(told(await read({ a: mail(HI, 'subject: Hello\nlayout: plian'), _plain: plain }))[0]).toContain(
      'there is no emails/_plian.mjml; a partial is a file beside the mails whose name begins with _ (_plain.mjml?)',
    );
  });

  test('a slip in a partial is told there, once for all mails that hold it', async () => {
    const wrong = { _footer: 'x\n<mj-text>{{ sendr.name }}</mj-text>\n' };
    expect(told(await read({ a: mail(HI), b: mail(HI), ...wrong }))).toContain(
      'emails/_footer.mjml:2:13 unknown variable `sendr`; a mail knows lead, account, sender, preheader, subject, unsubscribe_url, preferences_url (sender?)',
    );
  });

  test('what follows an include on its line is told at its own column', async () => {
    const body = `<mj-include path="_b.mjml" />${HI.replace('firstName', 'frstName')}`;
    expect(told(await read({ a: mail(body), _b: '<mj-text>b</mj-text>' }))).toEqual([
      'emails/a.mjml:4:45 nothing in these rules knows `lead.frstName`; name it under `attributes` in settings.yaml if leads have it (firstName?)',
    ]);
  });

  test('a partial that is not there, or includes itself, is an error', async () => {
    expect(told(await read({ a: mail(`${HI}\n<mj-include path="_foter.mjml"/>`) }))).toEqual([
      'emails/a.mjml:5:1 there is no emails/_foter.mjml; a partial is a file beside the mails whose name begins with _ (_footer.mjml?)',
    ]);
    expect(told(await read({ a: mail(HI), _footer: '<mj-include path="_footer.mjml" />' }))).toEqual([
      'emails/_footer.mjml:1:1 _footer.mjml includes itself, or goes too deep',
    ]);
    expect(told(await read({ a: mail(HI), _layout: '<mjml><mj-body></mj-body></mjml>' }))).toContain(
      'emails/_layout.mjml:1:1 a layout has `{{ content }}` once, where the mail goes',
    );
  });

  test('a partial that no mail includes is told of', async () => {
    expect(told({ issues: (await read({ a: mail(HI), _lost: 'x' })).warnings })).toEqual([
      'emails/_lost.mjml:1:1 no mail includes it',
    ]);
  });
});

describe('variants', () => {
  test('have a subject of their own, and partials of their locale', async () => {
    const { emails, issues } = await read({
      a: mail(HI),
      'a.sv': mail('<mj-text>Hej</mj-text>', 'subject: Hej\npreheader: Kort'),
      'a.pt-BR': mail('<mj-text>Olá</mj-text>', 'subject: Olá'),
      '_footer.sv': footer('Svenska'),
    });
    expect(issues).toEqual([]);
    expect(emails.a?.locales?.toSorted()).toEqual(['pt-BR', 'sv']);
    expect(emails['a.sv']).toMatchObject({ subject: 'Hej', preheader: 'Kort' });
    expect(emails['a.sv']?.html).toMatch(/lang="sv"[\s\S]*Svenska/);
    expect(emails['a.pt-BR']?.html).toMatch(/lang="pt-BR"[\s\S]*English/);
  });

  test('of nothing, or of no locale, are errors', async () => {
    expect(told(await read({ 'b.sv': mail(HI) }))).toEqual([
      'emails/b.sv.mjml:1:1 a variant of nothing: there is no emails/b.mjml',
    ]);
    expect(told(await read({ a: mail(HI), 'a.swedish': mail(HI) }))).toEqual([
      'emails/a.swedish.mjml:1:1 `swedish` is no locale; a variant is called a.sv.mjml or a.pt-BR.mjml',
    ]);
  });
});

describe('names', () => {
  test.each([
    ['lead.compny', 'nothing in these rules knows `lead.compny`', '(company?)'],
    ['account.nmae', 'nothing in these rules knows `account.nmae`', '(name?)'],
    ['sender.adress', 'there is no `sender.adress`', '(address?)'],
    ['unsubscribe_link', 'unknown variable `unsubscribe_link`', '(unsubscribe_url?)'],
  ])(
    '%s is told with the nearest that exists, in the mail and in its subject',
    async (name, message, nearest) => {
      const [inBody] = told(await read({ a: mail(`<mj-text>{{ ${name} | default: "x" }}</mj-text>`) }));
      expect(inBody).toContain(`emails/a.mjml:4:13 ${message}`);
      expect(inBody).toContain(nearest);
      const [inSubject] = told(await read({ a: mail(HI, `subject: "{{ ${name} }}"`) }));
      expect(inSubject).toContain(`emails/a.mjml:2:10 ${message}`);
    },
  );

  test('attributes that settings declare or rules look at exist', async () => {
    const body = '<mj-text>{{ lead.favouriteColour | default: "grey" }}</mj-text>';
    expect((await read({ a: mail(body) })).issues).toHaveLength(1);
    expect((await read({ a: mail(body) }, ['favouriteColour'])).issues).toEqual([]);
  });

  test('an attribute that leaves a hole is told of', async () => {
    const { issues, warnings } = await read({ a: mail('<mj-text>Hi {{ lead.firstName }}</mj-text>') });
    expect(issues).toEqual([]);
    expect(told({ issues: warnings })).toEqual([
      'emails/a.mjml:4:16 not every lead has `lead.firstName`: write `{{ lead.firstName | default: "…" }}`, or put it into `{% if lead.firstName %}`',
    ]);
    const safe = '<mj-text>{% if lead.firstName %}{{ lead.firstName }}{% endif %} {{ lead.email }}</mj-text>';
    expect((await read({ a: mail(safe) })).warnings).toEqual([]);
  });

  test('a mail to sales knows the handoff, inside its loops too', async () => {
    const handoff = (inside: string) =>
      mail(`<mj-text>{% for r in handoff.reasons %}${inside}{% endfor %}</mj-text>`);
    const plain = LAYOUT.replace('<mj-include path="_footer.mjml" />', '');
    expect((await read({ handoff: handoff('{{ r.sentence }}'), _layout: plain })).issues).toEqual([]);
    expect(told(await read({ handoff: handoff('{{ r.sentense }}'), _layout: plain }))).toEqual([
      'emails/handoff.mjml:4:43 undefined variable: r.sentense',
    ]);
    expect(
      told(await read({ handoff: mail('<mj-text>{{ handoff.ownr.name }}</mj-text>'), _layout: plain })),
    ).toEqual(['emails/handoff.mjml:4:13 there is no `handoff.ownr` (owner?)']);
  });

  test('a topic that settings do not have is an error', async () => {
    const a = mail(HI, 'subject: Hello\ntopic: newsleter');
    expect(told(await read({ a }, [], ['newsletter']))).toEqual([
      'emails/a.mjml:3:8 there is no topic `newsleter` in settings.yaml (newsletter?)',
    ]);
    expect(
      (await read({ a: a.replace('newsleter', 'newsletter') }, [], ['newsletter'])).emails.a?.topic,
    ).toBe('newsletter');
  });
});

describe('plain text', () => {
  test('that would be empty is an error', async () => {
    const plain = LAYOUT.replace('<mj-include path="_footer.mjml" />', '');
    const a = mail('<mj-image src="https://x.example/a.png" alt="" />');
    expect(told(await read({ a, _layout: plain }))).toEqual([
      'emails/a.mjml:1:1 its plain text is empty: readers without HTML would get nothing',
    ]);
  });

  test('that loses a link is an error; an image’s link is kept', async () => {
    const hidden =
      '<mj-raw><div style="display:none"><a href="https://x.example/offer">Offer</a></div></mj-raw>';
    expect(told(await read({ a: mail(`${HI}${hidden}`) }))).toEqual([
      'emails/a.mjml:1:1 its plain text has lost the link https://x.example/offer',
    ]);
    const image = '<mj-image href="https://x.example/offer" src="https://x.example/a.png" alt="Offer" />';
    const { emails } = await read({ a: mail(image) });
    expect(emails.a?.text).toContain('https://x.example/offer');
  });

  test('that keeps Liquid or HTML is an error', async () => {
    const left = mail(`${HI}<mj-text>{% raw %}{{ lead.firstName }}{% endraw %}</mj-text>`);
    expect(told(await read({ a: left }))).toContain(
      'emails/a.mjml:1:1 Liquid is left in what readers would get',
    );
    const html = mail(`${HI}<mj-text>&lt;b&gt;bold&lt;/b&gt;</mj-text>`);
    expect(told(await read({ a: html }))).toEqual(['emails/a.mjml:1:1 HTML is left in its plain text']);
  });
});

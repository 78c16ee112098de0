import { shown } from '../handoff/shown.ts';
import type { Note } from '../handoff/teams-card.ts';
import type { JsonObject } from '../json.ts';
import type { Email } from '../schema/email.ts';

const ROW = (label: string, value: string): string =>
  `{% if ${value} %}<tr><td class="label" style="padding:2px 16px 2px 0;color:#6b645c;vertical-align:top;white-space:nowrap">${label}</td><td style="padding:2px 0;overflow-wrap:anywhere">{{ ${value} }}</td></tr>{% endif %}`;

/** The mail by which a team hears of a lead: a few lines and a way to it. It is no template of the rules. */
export const NOTE: Email = {
  subject: '{{ note.who }}: {{ note.text }}',
  html: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>{{ subject }}</title>
<style>
@media (prefers-color-scheme: dark) {
  body { background: #1b1917 !important; }
  .card { background: #262320 !important; color: #efece8 !important; }
  .label, .why { color: #a8a098 !important; }
}
</style>
</head>
<body style="margin:0;padding:24px 8px;background:#f6f3ef;font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;font-size:16px;line-height:1.6">
<div class="card" role="article" aria-label="{{ subject }}" style="max-width:560px;margin:0 auto;padding:28px 24px;border-radius:12px;background:#ffffff;color:#24211e">
<h1 style="margin:0 0 8px;font-size:20px;line-height:1.3;overflow-wrap:anywhere">{{ note.who }}</h1>
<p style="margin:0 0 16px;overflow-wrap:anywhere">{{ note.text }}</p>
<table role="presentation" cellpadding="0" cellspacing="0" style="margin:0 0 20px;font-size:15px">${ROW('E-mail', 'note.email')}${ROW('Company', 'note.company')}${ROW('Stands at', 'note.band')}</table>
<p style="margin:0 0 20px"><a href="{{ note.url }}" style="display:inline-block;padding:10px 22px;border-radius:6px;background:#b5440f;color:#ffffff;font-weight:600;text-decoration:none">Open the lead</a></p>
<p class="why" style="margin:0;font-size:13px;color:#6b645c">The journey “{{ note.journey }}” tells the team {{ note.team }}.</p>
</div>
</body>
</html>`,
  text: `{{ note.text }}

{{ note.who }}
{% if note.email %}E-mail: {{ note.email }}
{% endif %}{% if note.company %}Company: {{ note.company }}
{% endif %}{% if note.band %}Stands at: {{ note.band }}
{% endif %}
Open the lead: {{ note.url }}

The journey “{{ note.journey }}” tells the team {{ note.team }}.`,
};

/** What it says. @param page the lead's */
export const noteVariables = (
  { text, name, email, company, band }: Note,
  { team, journey }: { readonly team: string; readonly journey: string },
  page: string,
): JsonObject => {
  const who = shown(name ?? '') || shown(email ?? '') || 'A lead';
  return {
    note: { who, text, email: name === null ? null : email, company, band, url: page, team, journey },
  };
};

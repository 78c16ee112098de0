import type { Api } from './api.ts';

/** What tells our comment from all others; nobody sees it. */
export const MARK = '<!-- kindling plan -->';
/** GitHub takes no longer one, in characters. */
export const LONGEST = 65_536;

interface Comment {
  readonly id: number;
  readonly body?: string | null;
  readonly user?: { readonly login?: string; readonly type?: string } | null;
}

/** Writes our one comment on a pull request: the first time a new one, then that one again, in its place. */
export const comment = async (
  api: Api,
  repository: string,
  pull: number,
  body: string,
): Promise<'created' | 'updated'> => {
  const list = api.all<Comment>(`/repos/${repository}/issues/${pull}/comments`);
  for await (const { id, body: text, user } of list)
    // Whoever quotes it has not written it.
    if (text?.startsWith(MARK) && user?.type !== 'User') {
      await api.send('PATCH', `/repos/${repository}/issues/comments/${id}`, { body });
      return 'updated';
    }
  await api.send('POST', `/repos/${repository}/issues/${pull}/comments`, { body });
  return 'created';
};

/**
 * A body with its mark, cut to what GitHub takes. It is cut at a line, what was open in it (details, a table's code) is
 * closed, and it says where the rest is; what stands at its end, the next command, stays.
 */
export const fitted = (report: string, end: string, rest: string): string => {
  const whole = `${MARK}\n${report.trimEnd()}\n\n${end}\n`;
  if (whole.length <= LONGEST) return whole;
  const note = `\n\n_This report is longer than a comment may be: ${rest}_\n\n${end}\n`;
  const room = LONGEST - MARK.length - note.length - 1 - CLOSING.length;
  const cut = report.slice(0, room);
  const lines = cut.slice(0, Math.max(cut.lastIndexOf('\n'), 0));
  return `${MARK}\n${closed(lines)}${note}`;
};

const CLOSING = '\n```\n\n</details>'.repeat(3);

/** With everything closed that was open where it was cut. */
const closed = (text: string): string => {
  const fences = text.split('\n').filter((line) => line.startsWith('```')).length;
  const open = count(text, '<details') - count(text, '</details>');
  return `${text}${fences % 2 === 1 ? '\n```' : ''}${'\n\n</details>'.repeat(Math.max(0, Math.min(open, 3)))}`;
};

const count = (text: string, part: string): number => text.split(part).length - 1;

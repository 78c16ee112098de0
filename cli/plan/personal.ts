import { type TopLead } from '../../core/impact/report.ts';

/**
 * A lead as a plan names it. Plans stand in pull requests: a person is told by the id, and by just enough of the
 * address to be recognised by who knows them.
 * @example nameOf({ lead: '4f2a', email: 'ada@difference.example', user: null }, false) // 'a…@d….example'
 */
export function nameOf(
  { lead, email, user }: Pick<TopLead, 'lead' | 'email' | 'user'>,
  showPii: boolean,
): string {
  if (showPii) return email ?? user ?? lead;
  return email === null ? lead : masked(email);
}

function masked(email: string): string {
  const at = email.lastIndexOf('@');
  const domain = email.slice(at + 1);
  const ending = domain.lastIndexOf('.');
  return `${first(email.slice(0, at))}@${first(domain)}${ending < 0 ? '' : domain.slice(ending)}`;
}

/** By code points, so that no half of a letter is left. */
const first = (text: string): string => `${[...text][0] ?? ''}…`;

import { emailDomain } from '../engine/attributes.ts';
import { isFreeMail } from './free-mail.ts';
import type { Json } from '../json.ts';

/** What an account can be known by. */
export type AccountSource = 'account.id' | 'email-domain';

/** Where `accounts.yaml` says nothing else. */
export const ACCOUNT_SOURCES: readonly AccountSource[] = ['account.id', 'email-domain'];

/**
 * The account of a person, by the first source that tells one; null for somebody of no company.
 * @param groupId the newest that the person was grouped into
 * @example accountIdOf(ACCOUNT_SOURCES, null, 'Kim@Acme.example') // 'acme.example'
 */
export function accountIdOf(
  sources: readonly AccountSource[],
  groupId: string | null,
  email: Json | undefined,
): string | null {
  for (const source of sources) {
    const id = source === 'account.id' ? groupId : companyDomain(email);
    if (id !== null) return id;
  }
  return null;
}

function companyDomain(email: Json | undefined): string | null {
  const domain = emailDomain(email);
  return domain === null || isFreeMail(domain) ? null : domain;
}

import { domainToASCII } from 'node:url';

/** Local parts as people have them: a dot neither first, last nor doubled; no quotes. */
const LOCAL = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/i;
const DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{1,59})$/;

/**
 * The one spelling of an e-mail address by which a person is known, or null if it is no address.
 * The local part must be ASCII *before* it is lower-cased: the Kelvin sign lower-cases to `k`.
 * @example normaliseEmail(' Ann@Bücher.example ') // 'ann@xn--bcher-kva.example'
 */
export const normaliseEmail = (text: string): string | null => {
  const trimmed = text.trim();
  const at = trimmed.lastIndexOf('@');
  if (at < 1 || at > 64 || trimmed.length > 254) return null;
  const local = trimmed.slice(0, at);
  // Only letters, digits, hyphens and dots, of any script: domainToASCII would also decode escapes and cut paths off.
  const written = trimmed.slice(at + 1);
  if (!LOCAL.test(local) || !/^[\p{L}\p{M}\p{N}.\-。]+$/u.test(written)) return null;
  const domain = domainToASCII(written);
  if (!DOMAIN.test(domain) || domain.length > 253) return null;
  return `${local.toLowerCase()}@${domain}`;
};

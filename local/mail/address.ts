import { domainToASCII } from 'node:url';

/** The recipients that SES takes for one mail. */
export const MAX_RECIPIENTS = 50;

/** Why SES would refuse an address; null for a good one.
 *  @param address bare or as `Name <address>` */
export const faultOfAddress = (address: string): string | null => {
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f]/.test(address)) return 'Local address contains control or whitespace';
  const bare = bareAddress(address);
  const at = bare.lastIndexOf('@');
  if (at < 0 || at === bare.length - 1) return "Missing final '@domain'";
  const local = bare.slice(0, at);
  if (local === '') return 'Missing local name';
  if (/[\s<>()[\],;:\\"@]/.test(local)) return 'Local address contains control or whitespace';
  // eslint-disable-next-line no-control-regex
  if (/[^\u0000-\u007f]/.test(local)) return 'Local address contains non-ASCII characters';
  const domain = bare.slice(at + 1);
  if (/^\.|\.$|\.\./.test(domain) || !/^[a-z0-9.-]+$/i.test(domainToASCII(domain)))
    return 'Domain contains illegal character';
  return null;
};

/** @example bareAddress('Anna <anna@example.com>') // 'anna@example.com' */
export const bareAddress = (address: string): string => /<([^<>]*)>\s*$/.exec(address)?.[1] ?? address.trim();

import listed from 'email-providers/all.json' with { type: 'json' };

/** Where people have an address of their own, and the list does not know. */
const UNLISTED = [
  'fastmail.com',
  'hotmail.se',
  'pm.me',
  'posteo.de',
  'telia.com',
  'tuta.com',
  'tutanota.com',
];
/** Set aside for examples (RFC 2606): whoever tries something out means a company. */
const EXAMPLES = ['example.com', 'test.com'];

let domains: ReadonlySet<string> | undefined;

/** Whether anybody may have an address at this domain, so that two who have one need not be of one company.
 *  @param domain in lower case, as DNS knows it */
export function isFreeMail(domain: string): boolean {
  // Made when it is first asked: most that loads this asks nothing.
  domains ??= new Set([...listed, ...UNLISTED]).difference(new Set(EXAMPLES));
  return domains.has(domain);
}

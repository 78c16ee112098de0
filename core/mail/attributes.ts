/** Attributes that mails may name though nobody declares them: the traits that the Segment spec reserves, and a few more. */
export const USUAL_LEAD = [
  ...['address', 'age', 'avatar', 'birthday', 'city', 'company', 'consent', 'country', 'createdAt'],
  ...['description', 'email', 'employees', 'firstName', 'gender', 'id', 'industry', 'language', 'lastName'],
  ...['locale', 'name', 'phone', 'plan', 'timezone', 'title', 'username', 'website'],
] as const;
export const USUAL_ACCOUNT = [
  ...['address', 'avatar', 'city', 'country', 'createdAt', 'description', 'domain', 'email', 'employees'],
  ...['id', 'industry', 'name', 'phone', 'plan', 'website'],
] as const;

const NAMED = /\b(lead|account)\.([A-Za-z_][\w-]*)/g;

/** The attributes of leads and accounts that any text of these values names: `lead.title` in a condition, or a key. */
export const attributesNamed = (
  values: readonly unknown[],
): { readonly lead: readonly string[]; readonly account: readonly string[] } => {
  const found = { lead: new Set<string>(), account: new Set<string>() };
  const take = (text: string): void => {
    for (const [, of, name] of text.matchAll(NAMED))
      if (name !== undefined) found[of as 'lead' | 'account'].add(name);
  };
  const walk = (value: unknown): void => {
    if (typeof value === 'string') take(value);
    else if (value instanceof Map)
      for (const [key, inner] of value as Map<unknown, unknown>) {
        walk(key);
        walk(inner);
      }
    else if (typeof value === 'object' && value !== null)
      for (const [key, inner] of Object.entries(value)) {
        // Of a list the keys are its places.
        if (!Array.isArray(value)) take(key);
        walk(inner);
      }
  };
  for (const value of values) walk(value);
  return { lead: [...found.lead], account: [...found.account] };
};

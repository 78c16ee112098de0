import { Invalid } from '../errors.ts';
import type { HttpRequest } from '../http.ts';

/**
 * The signed-in person, as others know them: their e-mail address, else their name. It is what the token says, which
 * the gateway has checked, and never what a body says.
 */
export const whoAsks = ({ claims }: Pick<HttpRequest, 'claims'>): string => {
  const who = claims.email ?? claims.name ?? claims['cognito:username'] ?? claims.sub ?? '';
  if (who.trim() === '') throw new Invalid('the token does not say who is signed in; send the id token');
  return who.trim().slice(0, 256);
};

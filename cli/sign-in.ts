import { createHash, randomBytes } from 'node:crypto';

import { Refusal } from './io.ts';

/** Signs in to the local product as the console does, by code and PKCE; it lets in whoever sits at this machine. */
export async function signIn(url: string): Promise<string> {
  const { issuer, clientId } = await json<{ issuer: string; clientId: string }>(`${url}/api/config`);
  const { authorization_endpoint, token_endpoint } = await json<Record<string, string>>(
    `${issuer}/.well-known/openid-configuration`,
  );
  const verifier = randomBytes(32).toString('base64url');
  const asked = {
    client_id: clientId,
    redirect_uri: `${url}/`,
    response_type: 'code',
    scope: 'openid email',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  };
  const answer = await reach(`${authorization_endpoint}?${new URLSearchParams(asked)}`, {
    redirect: 'manual',
  });
  const location = answer.headers.get('location');
  const code = location && new URL(location, url).searchParams.get('code');
  if (!code) throw new Refusal(`${url} asks for a person to sign in: give a console token with --token`);
  const { client_id, redirect_uri } = asked;
  const tokens = await json<{ id_token: string }>(token_endpoint ?? '', {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id,
      redirect_uri,
      code,
      code_verifier: verifier,
    }),
  });
  return tokens.id_token;
}

/** A request to the product; nobody there is something to tell, not a bug. */
export async function reach(url: string, init: RequestInit = {}): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    throw new Refusal(`nothing answers at ${new URL(url).origin}; is the product running?`, { cause: error });
  }
}

async function json<T>(url: string, init?: RequestInit): Promise<T> {
  const response = await reach(url, init);
  if (!response.ok) throw new Refusal(`${url} answers ${response.status}`);
  return (await response.json()) as T;
}

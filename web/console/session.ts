import { signal } from '@preact/signals';

/** Who signs people in: OpenID Connect with PKCE, the same against Cognito and on one machine. */
interface Issuer {
  readonly authorization_endpoint: string;
  readonly token_endpoint: string;
}
interface Config {
  readonly issuer: string;
  readonly clientId: string;
}

const TOKEN = 'kindling.token';
const VERIFIER = 'kindling.verifier';
const STATE = 'kindling.state';
const RETURN_TO = 'kindling.return';

export const signInError = signal<string | null>(null);

const base64url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
const randomText = (): string => base64url(crypto.getRandomValues(new Uint8Array(32)));
const redirectUri = (): string => `${location.origin}/`;

async function json<T>(url: string, init?: RequestInit): Promise<T> {
  const answer = await fetch(url, init);
  if (!answer.ok) throw new Error(`${new URL(url, location.href).pathname} answered ${answer.status}`);
  return (await answer.json()) as T;
}

async function discover(): Promise<Config & Issuer> {
  const config = await json<Config>('/api/config');
  const issuer = await json<Issuer>(`${config.issuer}/.well-known/openid-configuration`);
  return { ...config, ...issuer };
}

interface Claims {
  readonly exp?: number;
  readonly email?: string;
  readonly name?: string;
}

/** What a token says; nothing where it can't be read. */
function claimsOf(token: string): Claims {
  try {
    const part = token.split('.')[1] ?? '';
    const bytes = atob(part.replaceAll('-', '+').replaceAll('_', '/'));
    return JSON.parse(
      new TextDecoder().decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0))),
    ) as Claims;
  } catch {
    return {};
  }
}

/** Whom others will read beside what one does here. */
export function signedIn(): string {
  const { email, name } = claimsOf(sessionStorage.getItem(TOKEN) ?? '');
  return email ?? name ?? 'you';
}

/** The token to send, or null where one has to sign in (again). */
export function token(): string | null {
  const held = sessionStorage.getItem(TOKEN);
  return held && (claimsOf(held).exp ?? 0) > Date.now() / 1000 + 5 ? held : null;
}

/** Leaves for the sign-in page, and comes back to where one was. */
export async function signIn(): Promise<void> {
  try {
    const issuer = await discover();
    const verifier = randomText();
    const state = randomText();
    sessionStorage.setItem(VERIFIER, verifier);
    sessionStorage.setItem(STATE, state);
    sessionStorage.setItem(RETURN_TO, location.pathname + location.search);
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
    const to = new URL(issuer.authorization_endpoint);
    to.search = new URLSearchParams({
      response_type: 'code',
      client_id: issuer.clientId,
      redirect_uri: redirectUri(),
      scope: 'openid email',
      state,
      code_challenge: base64url(new Uint8Array(digest)),
      code_challenge_method: 'S256',
    }).toString();
    location.assign(to);
  } catch (error) {
    signInError.value = error instanceof Error ? error.message : String(error);
  }
}

/** Takes the code that the sign-in page sent back, if there is one; true where a token came of it. */
export async function finishSignIn(): Promise<boolean> {
  const query = new URLSearchParams(location.search);
  const code = query.get('code');
  if (!code) return false;
  const expected = sessionStorage.getItem(STATE);
  const verifier = sessionStorage.getItem(VERIFIER);
  sessionStorage.removeItem(STATE);
  sessionStorage.removeItem(VERIFIER);
  if (!expected || !verifier || query.get('state') !== expected) {
    history.replaceState(null, '', '/');
    return false;
  }
  try {
    const issuer = await discover();
    const answer = await json<{ id_token: string }>(issuer.token_endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        client_id: issuer.clientId,
        code,
        redirect_uri: redirectUri(),
        code_verifier: verifier,
      }),
    });
    sessionStorage.setItem(TOKEN, answer.id_token);
    history.replaceState(null, '', sessionStorage.getItem(RETURN_TO) ?? '/');
    return true;
  } catch (error) {
    signInError.value = error instanceof Error ? error.message : String(error);
    history.replaceState(null, '', '/');
    return false;
  }
}

export function forgetToken(): void {
  sessionStorage.removeItem(TOKEN);
}

import { createHash, randomBytes, randomUUID } from 'node:crypto';
import {
  createLocalJWKSet,
  exportJWK,
  generateKeyPair,
  importJWK,
  jwtVerify,
  SignJWT,
  type JWK,
  type JWTPayload,
} from 'jose';
import { readJsonFile, writeJsonFile } from './folder.ts';
import { isLoopback, json, message, type HttpAnswer, type HttpRequest } from './http/message.ts';

/** How long a token is good, s. */
const TOKEN_S = 12 * 3600;
/** How long a code can be turned into tokens, ms. */
const CODE_MS = 5 * 60_000;
/** Who is signed in on one machine: whoever sits at it. */
const SUBJECT = { sub: '00000000-0000-4000-8000-000000000000', email: 'you@localhost', name: 'You' };

interface Code {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly challenge: string;
  readonly nonce: string | undefined;
  readonly until: number;
}

export interface Issuer {
  readonly url: string;
  /** An id token of a client, as the console gets one by signing in. */
  token(clientId: string): Promise<string>;
  /** The claims of a token that this issuer signed for one of the clients; undefined for any other. */
  verify(token: string, issuer: string, audience: readonly string[]): Promise<JWTPayload | undefined>;
  /** Answers what is asked below its URL. */
  handle(request: HttpRequest, rest: string): Promise<HttpAnswer>;
}

interface Keys {
  readonly privateJwk: JWK;
  readonly publicJwk: JWK;
}

const openKeys = async (file: string): Promise<Keys> => {
  const kept = readJsonFile(file) as Keys | undefined;
  if (kept) return kept;
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
  const named = { kid: randomBytes(8).toString('hex'), alg: 'RS256', use: 'sig' };
  const made = {
    privateJwk: { ...(await exportJWK(privateKey)), ...named },
    publicJwk: { ...(await exportJWK(publicKey)), ...named },
  };
  writeJsonFile(file, made);
  return made;
};

/** What Cognito is in AWS: OpenID Connect by code and PKCE. Whoever asks is signed in. Tokens keep to the real clock,
 *  because browsers and libraries do. */
export const openIssuer = async (file: string, url: string): Promise<Issuer> => {
  const { privateJwk, publicJwk } = await openKeys(file);
  const key = await importJWK(privateJwk, 'RS256');
  const keySet = createLocalJWKSet({ keys: [publicJwk] });
  const codes = new Map<string, Code>();

  const sign = (claims: JWTPayload, audience?: string): Promise<string> => {
    const jwt = new SignJWT({ ...claims, jti: randomUUID() })
      .setProtectedHeader({ alg: 'RS256', kid: publicJwk.kid ?? '' })
      .setIssuer(url)
      .setSubject(SUBJECT.sub)
      .setIssuedAt()
      .setExpirationTime(`${TOKEN_S}s`);
    return (audience === undefined ? jwt : jwt.setAudience(audience)).sign(key);
  };
  const idToken = (clientId: string, nonce?: string): Promise<string> =>
    sign(
      {
        token_use: 'id',
        email: SUBJECT.email,
        name: SUBJECT.name,
        'cognito:username': SUBJECT.sub,
        ...(nonce === undefined ? {} : { nonce }),
      },
      clientId,
    );

  const discovery = {
    issuer: url,
    authorization_endpoint: `${url}/oauth2/authorize`,
    token_endpoint: `${url}/oauth2/token`,
    userinfo_endpoint: `${url}/oauth2/userInfo`,
    end_session_endpoint: `${url}/logout`,
    jwks_uri: `${url}/.well-known/jwks.json`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    scopes_supported: ['openid', 'email', 'profile'],
    code_challenge_methods_supported: ['S256'],
  };

  const loopbackUrl = (text: string | null): URL | undefined => {
    const found = text !== null && URL.canParse(text) ? new URL(text) : undefined;
    return found?.protocol === 'http:' && isLoopback(found.host) ? found : undefined;
  };

  const authorize = (query: URLSearchParams): HttpAnswer => {
    const redirect = loopbackUrl(query.get('redirect_uri'));
    const [clientId, challenge] = [query.get('client_id'), query.get('code_challenge')];
    if (!redirect)
      return json(400, {
        error: 'invalid_request',
        error_description: 'redirect_uri is not on this machine',
      });
    const answer = new URLSearchParams();
    const state = query.get('state');
    if (state !== null) answer.set('state', state);
    if (
      query.get('response_type') !== 'code' ||
      !clientId ||
      !challenge ||
      query.get('code_challenge_method') !== 'S256'
    ) {
      answer.set('error', 'invalid_request');
    } else {
      for (const [old, { until }] of codes) if (until < Date.now()) codes.delete(old);
      const code = randomBytes(24).toString('base64url');
      codes.set(code, {
        clientId,
        challenge,
        redirectUri: query.get('redirect_uri') ?? '',
        nonce: query.get('nonce') ?? undefined,
        until: Date.now() + CODE_MS,
      });
      answer.set('code', code);
    }
    for (const [name, value] of answer) redirect.searchParams.set(name, value);
    return { status: 302, headers: { location: redirect.href, 'cache-control': 'no-store' }, body: '' };
  };

  const exchange = async (form: URLSearchParams): Promise<HttpAnswer> => {
    const code = form.get('code') ?? '';
    const found = codes.get(code);
    codes.delete(code);
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (
      form.get('grant_type') !== 'authorization_code' ||
      found === undefined ||
      found.until < Date.now() ||
      found.clientId !== form.get('client_id') ||
      found.redirectUri !== form.get('redirect_uri') ||
      found.challenge !== challenge
    ) {
      return json(400, { error: 'invalid_grant' });
    }
    return json(
      200,
      {
        id_token: await idToken(found.clientId, found.nonce),
        access_token: await sign({
          token_use: 'access',
          client_id: found.clientId,
          scope: 'openid email profile',
        }),
        token_type: 'Bearer',
        expires_in: TOKEN_S,
      },
      { 'cache-control': 'no-store' },
    );
  };

  return {
    url,
    token: (clientId) => idToken(clientId),
    verify: async (token, issuer, audience) => {
      try {
        const { payload } = await jwtVerify(token, keySet, { issuer, algorithms: ['RS256'] });
        const clients = [payload.aud ?? payload.client_id].flat();
        return clients.some((client) => audience.includes(String(client))) ? payload : undefined;
      } catch {
        return undefined;
      }
    },
    handle: async (request, rest) => {
      switch (`${request.method} ${rest}`) {
        case 'GET /.well-known/openid-configuration':
          return json(200, discovery);
        case 'GET /.well-known/jwks.json':
          return json(200, { keys: [publicJwk] });
        case 'GET /oauth2/authorize':
          return authorize(new URLSearchParams(request.query));
        case 'POST /oauth2/token':
          return exchange(new URLSearchParams(request.body.toString()));
        case 'GET /oauth2/userInfo':
          return json(200, SUBJECT);
        case 'GET /logout': {
          const query = new URLSearchParams(request.query);
          const back = loopbackUrl(query.get('logout_uri') ?? query.get('post_logout_redirect_uri'));
          return { status: 302, headers: { location: back?.href ?? '/' }, body: '' };
        }
        default:
          return message(404, 'Not Found');
      }
    },
  };
};

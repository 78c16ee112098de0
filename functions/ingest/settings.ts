import type { HttpRequest } from '../http.ts';

/** The address that a browser reaches us at, as its own requests show it, and under which protocol. */
const addressOf = ({ headers }: HttpRequest): { host: string; protocol: 'http' | 'https' } => {
  const host = headers.host ?? 'localhost';
  // On one machine there is no TLS, whatever a gateway says of the way here.
  const isLoopback = /^(?:localhost|127\.|\[::1\])/.test(host);
  return { host, protocol: isLoopback || headers['x-forwarded-proto'] === 'http' ? 'http' : 'https' };
};

/** What @segment/analytics-next asks for before it sends: that it shall send to us, and load nothing else. */
export const settingsFor = (key: string, request: HttpRequest): unknown => {
  const { host, protocol } = addressOf(request);
  return {
    integrations: {
      'Segment.io': {
        apiKey: key,
        apiHost: `${host}/v1`,
        protocol,
        addBundledMetadata: false,
        unbundledIntegrations: [],
        maybeBundledConfigIds: {},
      },
    },
    plan: { track: { __default: { enabled: true, integrations: {} } } },
    edgeFunction: {},
    analyticsNextEnabled: true,
    middlewareSettings: {},
    enabledMiddleware: {},
    metrics: { sampleRate: 0 },
    legacyVideoPluginsEnabled: false,
    remotePlugins: [],
  };
};

import { once } from 'node:events';
import { createServer } from 'node:net';

import { Refusal } from './io.ts';

/** A port of this machine that nothing listens on. @param wanted 0 takes any */
export async function freePort(wanted: number): Promise<number> {
  const server = createServer();
  try {
    server.listen(wanted, '127.0.0.1');
    await once(server, 'listening');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE')
      throw new Refusal(`port ${wanted} is taken; stop what listens there, or choose another with --port`, {
        cause: error,
      });
    throw new Refusal(`port ${wanted} cannot be used: ${message}`, { cause: error });
  }
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

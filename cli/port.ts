import { once } from 'node:events';
import { createServer } from 'node:net';

import { Refusal } from './io.ts';

/** Refuses a port that something listens on, before anything else is done for nothing. */
export async function checkPort(port: number): Promise<void> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE')
      throw new Refusal(`port ${port} is taken; stop what listens there, or choose another with --port`, {
        cause: error,
      });
    throw new Refusal(`port ${port} cannot be used: ${message}`, { cause: error });
  }
  server.close();
  await once(server, 'close');
}

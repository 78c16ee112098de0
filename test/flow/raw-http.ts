import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** Opens a socket to a product's address. */
export const dial = async (url: string): Promise<Socket> => {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
};

/** Sends these very bytes, and answers what comes back until the other side ends or falls silent. @param silence ms */
export const exchange = async (url: string, bytes: string | Buffer, silence = 3_000): Promise<string> => {
  const socket = await dial(url);
  let said = '';
  await new Promise<void>((resolve) => {
    socket.setTimeout(silence, resolve);
    socket.on('data', (chunk: Buffer) => (said += chunk.toString('latin1')));
    socket.on('close', () => resolve());
    socket.write(bytes);
  });
  socket.destroy();
  return said;
};

/** The status of each answer in what came back. */
export const statusesIn = (said: string): readonly number[] =>
  [...said.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status));

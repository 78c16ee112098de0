/** The embedded DynamoDB's own thread: opens the folder it is given, and answers requests one by one as they are done. */
import { parentPort, workerData } from 'node:worker_threads';
import { openStore } from './store.ts';
import { type Answer, type Question } from './thread.ts';

const port = parentPort!;
const say = (answer: Answer): void => port.postMessage(answer);

try {
  const store = await openStore(workerData as string);
  port.on('message', ({ id, operation, body }: Question) => {
    if (operation === null) {
      void store.close().then(
        () => say({ id, status: 200, body: '' }),
        (error: unknown) => say({ id, error: String(error) }),
      );
      return;
    }
    store.handle({ operation }, JSON.parse(body)).then(
      ({ status = 200, body: text }) => say({ id, status, body: String(text) }),
      (error: unknown) => say({ id, error: String(error) }),
    );
  });
  say({ id: 0, status: 200, body: '' });
} catch (error) {
  say({ id: 0, error: (error as Error).message });
}

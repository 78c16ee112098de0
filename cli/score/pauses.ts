/** What is read, and a word in between whenever nothing has come for a while. */
export async function* withPauses<T>(
  read: AsyncIterable<T>,
  silenceMs: number,
  pause: () => Promise<void>,
): AsyncGenerator<T> {
  const each = read[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = each.next();
      if (!(await comes(next, silenceMs))) await pause();
      const found = await next;
      if (found.done) return;
      yield found.value;
    }
  } finally {
    await each.return?.();
  }
}

/** Whether something comes, well or not, before so long. */
function comes(next: Promise<unknown>, ms: number): Promise<boolean> {
  return new Promise((done) => {
    const timer = setTimeout(() => done(false), ms);
    const come = (): void => {
      clearTimeout(timer);
      done(true);
    };
    next.then(come, come);
  });
}

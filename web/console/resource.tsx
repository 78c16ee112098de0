import type { ComponentChildren } from 'preact';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { Gone, Missing } from './api.ts';

/** What a page shows while it waits, when it has an answer, and when it failed. */
export type Loaded<T> =
  | { readonly state: 'waiting' }
  | { readonly state: 'ready'; readonly value: T }
  | { readonly state: 'failed'; readonly message: string; readonly missing: boolean };

/** An answer, and how to ask again. */
export interface Resource<T> {
  readonly now: Loaded<T>;
  readonly reload: () => void;
}

const inWords = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Loads when `key` changes, and again every `refreshMs` while the page is visible; an answer that comes too late is dropped. */
export function useResource<T>(key: string, load: () => Promise<T>, refreshMs?: number): Resource<T> {
  const [loaded, setLoaded] = useState<{ key: string; now: Loaded<T> }>({ key, now: { state: 'waiting' } });
  const asked = useRef(0);
  const ask = useCallback((): void => {
    const turn = (asked.current += 1);
    load().then(
      (value) => turn === asked.current && setLoaded({ key, now: { state: 'ready', value } }),
      (error: unknown) =>
        turn === asked.current &&
        setLoaded((before) =>
          before.key === key && before.now.state === 'ready' && !(error instanceof Gone)
            ? before // a failed refresh keeps what is shown, unless it was erased
            : {
                key,
                now: { state: 'failed', message: inWords(error), missing: error instanceof Missing },
              },
        ),
    );
  }, [key]);
  useEffect(() => {
    ask();
    const timer = refreshMs
      ? setInterval(() => document.visibilityState === 'visible' && ask(), refreshMs)
      : undefined;
    return () => {
      asked.current += 1;
      clearInterval(timer);
    };
  }, [key]);
  const reload = useCallback((): void => {
    setLoaded((before) => (before.now.state === 'failed' ? { key, now: { state: 'waiting' } } : before));
    ask();
  }, [ask]);
  return { now: loaded.key === key ? loaded.now : { state: 'waiting' }, reload };
}

/** Nothing is to be tried again, so the way on is another page. */
function NotThere({ message }: { message: string }) {
  useTitle(message.replace(/\.$/, ''));
  return (
    <div class="empty" role="alert">
      <p>{message}</p>
      <a class="button" href="/">
        To the leads
      </a>
    </div>
  );
}

/** What is asked for, once it is there; until then that it is awaited, or why it did not come and a way to try again. */
export function Shown<T>({
  of: { now, reload },
  children,
}: {
  of: Resource<T>;
  children: (value: T) => ComponentChildren;
}) {
  if (now.state === 'waiting')
    return (
      <p class="empty waiting" role="status">
        Loading …
      </p>
    );
  if (now.state === 'failed' && now.missing) return <NotThere message={now.message} />;
  if (now.state === 'failed')
    return (
      <div class="empty" role="alert">
        <p>{now.message}</p>
        <button type="button" onClick={reload}>
          Try again
        </button>
      </div>
    );
  return <>{children(now.value)}</>;
}

/** Names the page in the tab and in the history. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title === '' ? 'Kindling' : `${title} · Kindling`;
  }, [title]);
}

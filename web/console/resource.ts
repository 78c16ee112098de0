import { useEffect, useState } from 'preact/hooks';

/** What a page shows while it waits, when it has an answer, and when it failed. */
export type Loaded<T> =
  | { readonly state: 'waiting' }
  | { readonly state: 'ready'; readonly value: T }
  | { readonly state: 'failed'; readonly message: string };

/** Loads when `key` changes, and again every `refreshMs` while the page is visible; an answer that comes too late is dropped. */
export function useResource<T>(key: string, load: () => Promise<T>, refreshMs?: number): Loaded<T> {
  const [loaded, setLoaded] = useState<{ key: string; now: Loaded<T> }>({ key, now: { state: 'waiting' } });
  useEffect(() => {
    let current = true;
    const ask = (): void => {
      load().then(
        (value) => current && setLoaded({ key, now: { state: 'ready', value } }),
        (error: unknown) =>
          current &&
          setLoaded((before) =>
            before.key === key && before.now.state === 'ready'
              ? before // a failed refresh keeps what is shown
              : {
                  key,
                  now: { state: 'failed', message: error instanceof Error ? error.message : String(error) },
                },
          ),
      );
    };
    ask();
    const timer = refreshMs
      ? setInterval(() => document.visibilityState === 'visible' && ask(), refreshMs)
      : undefined;
    return () => {
      current = false;
      clearInterval(timer);
    };
  }, [key]);
  return loaded.key === key ? loaded.now : { state: 'waiting' };
}

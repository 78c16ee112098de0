import { useState } from 'preact/hooks';

/** How something that somebody does is going. */
export interface Doing {
  readonly state: 'idle' | 'busy' | 'done' | 'failed';
  /** What there is to say of it. */
  readonly message: string;
}

/** Does one thing at a time, and says how it went. @param then after each that went well */
export function useDoing(then: () => void = () => undefined): {
  readonly doing: Doing;
  readonly act: (deed: () => Promise<string>) => void;
} {
  const [doing, set] = useState<Doing>({ state: 'idle', message: '' });
  const act = (deed: () => Promise<string>): void => {
    set({ state: 'busy', message: '' });
    deed().then(
      (message) => {
        set({ state: 'done', message });
        then();
      },
      (error: unknown) =>
        set({ state: 'failed', message: error instanceof Error ? error.message : String(error) }),
    );
  };
  return { doing, act };
}

/** How it went, for eyes and ears. */
export const Said = ({ doing: { state, message } }: { doing: Doing }) =>
  message === '' ? null : (
    <p class={`said ${state}`} role={state === 'failed' ? 'alert' : 'status'}>
      {message}
    </p>
  );

/** Names and what they are, as far as they are known. */
export const Facts = ({ of }: { of: readonly (readonly [string, string | null])[] }) => (
  <dl class="facts">
    {of.map(
      ([name, value]) =>
        value !== null && (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ),
    )}
  </dl>
);

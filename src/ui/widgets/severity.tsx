import type { Severity } from '#contract';

const WORDS: Record<Severity, string> = { critical: 'Critical', high: 'High', medium: 'Medium', low: 'Low' };

/** Severity as a shape and a word, never colour alone. `word={false}` only where the word stands beside it anyway. */
export function SeverityMark({ severity, word = true }: { severity: Severity; word?: boolean }) {
  return (
    <span className={`lw-severity lw-severity-${severity}`}>
      <svg aria-hidden="true" width="14" height="14" viewBox="0 0 14 14">
        <Shape severity={severity} />
      </svg>
      {word && <span>{WORDS[severity]}</span>}
    </span>
  );
}

function Shape({ severity }: { severity: Severity }) {
  switch (severity) {
    case 'critical':
      return <path fill="currentColor" d="M4.3.5h5.4l3.8 3.8v5.4l-3.8 3.8H4.3L.5 9.7V4.3z" />;
    case 'high':
      return <path fill="currentColor" d="M7 .8 13.8 13H.2z" />;
    case 'medium':
      return (
        <>
          <circle cx="7" cy="7" r="5.7" fill="none" stroke="currentColor" strokeWidth="1.6" />
          <path fill="currentColor" d="M7 1.3a5.7 5.7 0 0 0 0 11.4z" />
        </>
      );
    case 'low':
      return <circle cx="7" cy="7" r="5.2" fill="none" stroke="currentColor" strokeWidth="2" />;
  }
}

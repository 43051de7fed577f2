import type { ChannelOutput } from '#ipc';

type Helpline = ChannelOutput<'report.open'>['helplines'][number];

/** People outside the school who listen. Numbers are text: nothing here can leave the machine by a click. */
export function Helplines({ title, lines }: { title: string; lines: readonly Helpline[] }) {
  if (lines.length === 0) return null;
  return (
    <section className="helplines" aria-labelledby="helplines-title">
      <h2 id="helplines-title">{title}</h2>
      <ul>
        {lines.map((line) => (
          <li key={line.name}>
            <strong>{line.name}</strong>
            {line.phone !== null && <span className="helpline-phone">{line.phone}</span>}
            {line.website !== null && <span className="helpline-site">{line.website}</span>}
            <span className="helpline-words">{line.words}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

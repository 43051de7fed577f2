import { useEffect, useRef } from 'react';

const COLOURS = [
  'paper',
  'surface',
  'sunken',
  'ink',
  'muted',
  'line',
  'control-line',
  'green',
  'green-strong',
  'green-soft',
  'plum',
  'plum-soft',
  'critical',
  'high',
  'medium',
  'low',
  'mark',
] as const;
const SIZES = [13, 15, 17, 21, 27, 34] as const;

/** Colours and type, from the tokens themselves. */
export function Figures() {
  return (
    <section className="gallery-part">
      <h2>Colour</h2>
      <div className="gallery-row">
        {COLOURS.map((name) => (
          <Swatch key={name} name={name} />
        ))}
      </div>
      <h2>Type</h2>
      {SIZES.map((size) => (
        <p key={size} className={`gallery-size-${size}`}>
          {size} · A lapwing raises the alarm for its young. Il1 O0 rn m 5S 8B
        </p>
      ))}
      <p className="gallery-mono">lapwing-core / self-harm.intent · https://example.org/path?q=0O1lI</p>
    </section>
  );
}

function Swatch({ name }: { name: string }) {
  const element = useRef<HTMLSpanElement>(null);
  // Set through the CSSOM: the pages' policy allows no style attributes.
  useEffect(() => element.current?.style.setProperty('background', `var(--${name})`), [name]);
  return (
    <span className="gallery-swatch">
      <span ref={element} />
      {name}
    </span>
  );
}

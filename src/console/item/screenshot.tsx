import { useRef, useState } from 'react';
import type { ItemResponse, Screenshot as ScreenshotFacts } from '#contract';
import { Banner, Button } from '#ui';
import { NO_SCREENSHOT_WORDS } from '../words/index.ts';
import { useShortcuts } from '../world/index.ts';

interface ScreenshotProps {
  url: string;
  facts: ScreenshotFacts;
  arrived: ItemResponse['screenshot'];
}

/**
 * The screenshot, hidden until somebody chooses to see it. The picture is not fetched before that, so the audit
 * trail says truly who saw it; what stands here until then is a drawing of no window in particular.
 */
export function ScreenshotPart({ url, facts, arrived }: ScreenshotProps) {
  const [view, setView] = useState<'hidden' | 'shown' | 'failed'>('hidden');
  const part = useRef<HTMLElement>(null);
  const canShow = facts.state === 'taken' && arrived === 'available';

  useShortcuts(canShow ? { r: () => setView((now) => (now === 'shown' ? 'hidden' : 'shown')) } : {});

  return (
    <section className="item-part" aria-labelledby="item-screenshot" ref={part}>
      <h2 id="item-screenshot">Screenshot</h2>
      {facts.state === 'none' && <p className="muted">{NO_SCREENSHOT_WORDS[facts.reason]}</p>}
      {facts.state !== 'none' && !canShow && (
        <p className="muted">
          On its way from the computer. It appears here when it arrives; the text never waits for it.
        </p>
      )}
      {facts.state === 'taken' && canShow && (
        <>
          {view === 'failed' && (
            <Banner tone="warning">
              The screenshot couldn’t be loaded. Check the connection and try again.
            </Banner>
          )}
          <div className="shot">
            {view === 'shown' ? (
              <img
                src={url}
                width={facts.width}
                height={facts.height}
                alt="What was on the screen when this was flagged"
                onLoad={() => part.current?.scrollIntoView({ block: 'start' })}
                onError={() => setView('failed')}
              />
            ) : (
              <HiddenPicture width={facts.width} height={facts.height} />
            )}
            {view !== 'shown' && (
              <div className="shot-cover">
                <Button variant="secondary" icon="eye" shortcut="r" onPress={() => setView('shown')}>
                  Show the screenshot
                </Button>
                <p>That you looked is written in the history.</p>
              </div>
            )}
          </div>
          {view === 'shown' && (
            <div className="shot-below">
              <Button
                variant="quiet"
                size="small"
                icon="eyeOff"
                shortcut="r"
                onPress={() => setView('hidden')}
              >
                Hide again
              </Button>
            </div>
          )}
        </>
      )}
    </section>
  );
}

function HiddenPicture({ width, height }: { width: number; height: number }) {
  return (
    <svg
      className="shot-hidden"
      aria-hidden="true"
      viewBox="0 0 160 100"
      preserveAspectRatio="none"
      width={width}
      height={height}
    >
      <rect width="160" height="100" className="shot-a" />
      <rect width="160" height="9" className="shot-b" />
      <rect x="14" y="20" width="66" height="7" className="shot-c" />
      <rect x="14" y="34" width="110" height="4" className="shot-b" />
      <rect x="14" y="43" width="96" height="4" className="shot-b" />
      <rect x="14" y="52" width="118" height="4" className="shot-b" />
      <rect x="14" y="66" width="46" height="26" className="shot-c" />
      <rect x="68" y="66" width="64" height="26" className="shot-b" />
    </svg>
  );
}

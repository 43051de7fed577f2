import type { ChannelOutput, RendererApi } from '#ipc';
import { Button, HostileText, Icon, type IconName, Lapwing } from '#ui';
import { Helplines } from '../shared/helplines.tsx';
import { LettersButton } from '../shared/letters.tsx';
import { levelOf } from '../shared/level.ts';
import { NOTICE_TEXTS } from './texts.ts';

type Opened = ChannelOutput<'notice.open'>;

const STATE_ICONS: Record<Opened['monitoring'], IconName> = {
  watching: 'eye',
  paused: 'eyeOff',
  problem: 'warning',
};

/** Says plainly that the computer is monitored, for what, when and by whom. */
export function NoticeWindow({ bridge, opened }: { bridge: RendererApi; opened: Opened }) {
  const texts = NOTICE_TEXTS[levelOf(opened.audience)];
  const close = () => void bridge.invoke('window.close', undefined);
  return (
    <div className="window">
      <header className="window-head">
        <Lapwing size={36} />
        <span className="window-name">{opened.schoolName}</span>
        <span className={`notice-state notice-${opened.monitoring}`}>
          <Icon name={STATE_ICONS[opened.monitoring]} />
          {texts.state[opened.monitoring]}
        </span>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: text that scrolls must be reachable by keyboard */}
      <main className="window-body" tabIndex={0}>
        <h1>{texts.title}</h1>
        {opened.ownWords.length > 0 && (
          <section className="notice-part">
            <h2>{texts.ownTitle(opened.schoolName)}</h2>
            {opened.ownWords.map((words) => (
              <p key={words}>
                <HostileText text={words} />
              </p>
            ))}
          </section>
        )}
        {texts.parts.map((part) => (
          <section key={part.title} className="notice-part">
            <h2>{part.title}</h2>
            {part.words(opened.schoolName).map((words) => (
              <p key={words}>{words}</p>
            ))}
          </section>
        ))}
        <Helplines title={texts.helplinesTitle} lines={opened.helplines} />
      </main>
      <footer className="window-foot">
        <div className="window-foot-on">
          <Button variant="primary" size="large" autoFocus onPress={close}>
            {texts.close}
          </Button>
        </div>
        <LettersButton words={{ easier: texts.easierLetters, usual: texts.usualLetters }} />
      </footer>
    </div>
  );
}

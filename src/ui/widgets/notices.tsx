import { type ReactNode, type Ref, useEffect, useId, useRef } from 'react';
import { Button } from './button.tsx';
import { Icon, type IconName } from './icon.tsx';

/** A band that says something about the page: what happened, what it means, what to do. */
export function Banner(props: {
  tone: 'calm' | 'warning';
  icon?: IconName;
  children: ReactNode;
  action?: ReactNode;
}) {
  const { tone, icon = tone === 'warning' ? 'warning' : 'help', children, action } = props;
  return (
    <div className={`lw-banner lw-banner-${tone}`} role={tone === 'warning' ? 'alert' : 'status'}>
      <Icon name={icon} />
      <div className="lw-banner-words">{children}</div>
      {action}
    </div>
  );
}

/** What an empty place means. `isPage`: it is all there is on the page, so its title is the page's heading. */
export function EmptyState(props: {
  title: string;
  picture?: ReactNode;
  children?: ReactNode;
  isPage?: boolean;
}) {
  const Heading = props.isPage === true ? 'h1' : 'h2';
  return (
    <div className="lw-empty">
      {props.picture}
      <Heading tabIndex={props.isPage === true ? -1 : undefined}>{props.title}</Heading>
      {props.children}
    </div>
  );
}

/** A short confirmation that floats; `action` is usually an undo. Announced politely. */
export function Toast(props: { children: ReactNode; action?: ReactNode; onClose(): void }) {
  return (
    <div className="lw-toast">
      <p>{props.children}</p>
      {props.action}
      <Button
        variant="quiet"
        size="small"
        icon="close"
        aria-label="Close this message"
        onPress={props.onClose}
      >
        {''}
      </Button>
    </div>
  );
}

interface DialogProps {
  title: string;
  isOpen: boolean;
  onClose(): void;
  children: ReactNode;
}

/** A modal on the browser's own dialog: it traps focus, closes on Escape and gives focus back. */
export function Dialog({ title, isOpen, onClose, children }: DialogProps) {
  const element: Ref<HTMLDialogElement> = useRef(null);
  const titleId = useId();
  useEffect(() => {
    const dialog = element.current;
    if (dialog === null) return;
    if (isOpen && !dialog.open) dialog.showModal();
    if (!isOpen && dialog.open) dialog.close();
  }, [isOpen]);
  return (
    <dialog ref={element} className="lw-dialog" aria-labelledby={titleId} onClose={onClose}>
      {isOpen && (
        <>
          <div className="lw-dialog-head">
            <h2 id={titleId}>{title}</h2>
            <Button variant="quiet" icon="close" aria-label="Close" onPress={() => element.current?.close()}>
              {''}
            </Button>
          </div>
          {children}
        </>
      )}
    </dialog>
  );
}

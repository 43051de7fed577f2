import { forwardRef, type ReactNode } from 'react';
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from 'react-aria-components';
import { Icon, type IconName } from './icon.tsx';

export interface ButtonProps extends Omit<AriaButtonProps, 'className' | 'style' | 'children'> {
  /** `primary`: the one thing to do here; `secondary`: another way on; `quiet`: there, but never in the way. */
  variant?: 'primary' | 'secondary' | 'quiet' | 'urgent';
  /** `large`: pupils' windows, at least 44 px. */
  size?: 'small' | 'normal' | 'large';
  icon?: IconName;
  /** The key that does the same, shown on the button. */
  shortcut?: string;
  children: ReactNode;
}

/** A real button that says what it does. */
export const Button = forwardRef<HTMLButtonElement, ButtonProps>(function Button(
  { variant = 'secondary', size = 'normal', icon, shortcut, children, ...rest },
  ref,
) {
  return (
    <AriaButton {...rest} ref={ref} className={`lw-button lw-button-${variant} lw-button-${size}`}>
      {icon !== undefined && <Icon name={icon} size={size === 'large' ? 24 : 18} />}
      <span>{children}</span>
      {shortcut !== undefined && <Key>{shortcut}</Key>}
    </AriaButton>
  );
});

/** A key of the keyboard. */
export function Key({ children }: { children: ReactNode }) {
  return <kbd className="lw-key">{children}</kbd>;
}

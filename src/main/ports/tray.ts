import type { Disposable } from '#kernel';

/** What a pupil can choose in the tray. There is no way to quit. */
export type TrayChoice = 'report' | 'notice';

/** What the tray shows. */
export interface TrayView {
  readonly icon: 'watching' | 'paused' | 'problem';
  readonly tooltip: string;
  /** The first line of the menu: what the agent is doing, in a pupil's words. */
  readonly stateLine: string;
  readonly items: readonly { readonly choice: TrayChoice; readonly label: string }[];
}

/** The icon beside the clock. */
export interface Tray {
  open(onChoose: (choice: TrayChoice) => void): Disposable & { show(view: TrayView): void };
}

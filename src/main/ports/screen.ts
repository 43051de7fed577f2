import type { ForegroundWindow } from './windows.ts';

/** A picture of one window, encoded. */
export type ScreenPicture =
  | {
      readonly kind: 'taken';
      readonly mediaType: 'image/jpeg' | 'image/png';
      readonly bytes: Uint8Array;
      readonly width: number;
      readonly height: number;
    }
  | {
      readonly kind: 'none';
      readonly reason: 'window_gone' | 'blank_image' | 'no_permission' | 'not_supported' | 'failed';
    };

export interface Screen {
  /** Takes the picture of that window only, never of the whole screen. */
  takeWindow(window: ForegroundWindow): Promise<ScreenPicture>;
}

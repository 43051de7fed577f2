import { desktopCapturer, systemPreferences } from 'electron';
import type { ForegroundWindow, Screen, ScreenPicture } from '../../ports/index.ts';
import { isBlankImage } from './blankImage.ts';

/** The longest side of a picture in pixels: text on a full-screen page stays readable, the JPEG stays near 200 kB. */
const MAX_SIDE = 1_600;
const JPEG_QUALITY = 70;

/** Never larger than the window: Chromium would blow a small one up to the size it is asked for. */
function sizeFor(bounds: ForegroundWindow['bounds']): { width: number; height: number } {
  return {
    width: Math.max(1, Math.min(MAX_SIDE, bounds?.width ?? MAX_SIDE)),
    height: Math.max(1, Math.min(MAX_SIDE, bounds?.height ?? MAX_SIDE)),
  };
}

/**
 * Pictures by Chromium's window capture. Only the asked window's picture is encoded; the others
 * that the system hands over with it are dropped unseen. Never throws.
 */
export function createScreen(): Screen {
  return {
    async takeWindow(window): Promise<ScreenPicture> {
      if (process.platform === 'darwin' && systemPreferences.getMediaAccessStatus('screen') !== 'granted') {
        return { kind: 'none', reason: 'no_permission' };
      }
      try {
        const sources = await desktopCapturer.getSources({
          types: ['window'],
          thumbnailSize: sizeFor(window.bounds),
          fetchWindowIcons: false,
        });
        const source = sources.find(({ id }) => id.split(':')[1] === String(window.windowId));
        if (source === undefined) return { kind: 'none', reason: 'window_gone' };
        const image = source.thumbnail;
        const size = image.getSize();
        if (image.isEmpty() || isBlankImage(image.toBitmap(), size)) {
          return { kind: 'none', reason: 'blank_image' };
        }
        return { kind: 'taken', mediaType: 'image/jpeg', bytes: image.toJPEG(JPEG_QUALITY), ...size };
      } catch {
        return { kind: 'none', reason: 'failed' };
      }
    },
  };
}

import { desktopCapturer, systemPreferences } from 'electron';
import type { Screen, ScreenPicture } from '../../ports/index.ts';
import { isBlankImage } from './blankImage.ts';

/** The longest side of a picture in pixels: text on a full-screen page stays readable, the JPEG stays near 200 kB. */
const MAX_SIDE = 1_600;
const JPEG_QUALITY = 70;

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
          thumbnailSize: { width: MAX_SIDE, height: MAX_SIDE },
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

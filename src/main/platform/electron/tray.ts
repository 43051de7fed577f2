import { join } from 'node:path';
import { Menu, type MenuItemConstructorOptions, nativeImage, Tray as SystemTray } from 'electron';
import type { Tray, TrayView } from '../../ports/index.ts';

/** Windows takes 16 pixels (and larger beside it), Linux panels 22; on macOS a `Template` follows the menu bar. */
const VARIANTS: Partial<Record<NodeJS.Platform, string>> = { darwin: '-Template', linux: '-22' };

function iconPath(folder: string, icon: TrayView['icon']): string {
  return join(folder, `tray-${icon}${VARIANTS[process.platform] ?? ''}.png`);
}

/** The system's tray. The menu holds what `TrayView` says and nothing else: nobody can quit from it. */
export function createTray(options: { readonly iconFolder: string }): Tray {
  return {
    open(onChoose) {
      let tray: SystemTray | null = null;
      let shown = '';
      return {
        show(view) {
          // A new menu closes an open one under the pupil's hand, so nothing is set again without need.
          const key = JSON.stringify(view);
          if (key === shown) return;
          shown = key;
          const image = nativeImage.createFromPath(iconPath(options.iconFolder, view.icon));
          if (tray === null) tray = new SystemTray(image);
          else tray.setImage(image);
          tray.setToolTip(view.tooltip);
          const state: MenuItemConstructorOptions = { label: view.stateLine, enabled: false };
          const items = view.items.map(
            ({ choice, label }): MenuItemConstructorOptions => ({
              id: choice,
              label,
              click: () => onChoose(choice),
            }),
          );
          tray.setContextMenu(Menu.buildFromTemplate([state, { type: 'separator' }, ...items]));
        },
        dispose() {
          tray?.destroy();
          tray = null;
        },
      };
    },
  };
}

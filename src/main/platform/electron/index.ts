export { createKeyVault } from './keyVault.ts';
export { createPages, type PagesOptions, registerPageScheme } from './pages.ts';
export { createScreen } from './screen.ts';
export { createSession } from './session.ts';
export { createTray } from './tray.ts';

import { useEffect, useState } from 'react';
import type { Preferences } from '../platform/browser.ts';

export type Theme = 'light' | 'dark' | null;
const key = 'lapwing-theme';

/** The theme chosen on this machine; null follows the system. */
export function useTheme(preferences: Preferences): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState<Theme>(() => {
    const stored = preferences.read(key);
    return stored === 'light' || stored === 'dark' ? stored : null;
  });
  useEffect(() => {
    if (theme === null) delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme;
    preferences.write(key, theme);
  }, [preferences, theme]);
  return [theme, setTheme];
}

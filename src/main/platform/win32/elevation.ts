import { openWindowApi } from './api.ts';

/** Whether this process runs with an administrator's rights; false where Windows cannot be asked. */
export function ownProcessIsElevated(): boolean {
  try {
    return openWindowApi().ownProcessIsElevated();
  } catch {
    return false;
  }
}

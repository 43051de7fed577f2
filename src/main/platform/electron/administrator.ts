/** What is asked of the system to know whether the person at the command line administers this machine. */
export interface Rights {
  readonly platform: NodeJS.Platform;
  /** Null on Windows. */
  readonly userId: number | null;
  readonly groupIds: readonly number[];
  readonly isElevated: () => Promise<boolean>;
}

/** The `admin` group of every Mac. */
const MAC_ADMIN_GROUP_ID = 80;

/**
 * Whether this process has an administrator's rights: an elevated process on Windows, root elsewhere; on macOS
 * also a member of the `admin` group, because permissions to see windows are given to the person, not to root.
 */
export async function isAdministrator(rights: Rights = ownRights()): Promise<boolean> {
  if (rights.platform === 'win32') return rights.isElevated();
  if (rights.userId === 0) return true;
  return rights.platform === 'darwin' && rights.groupIds.includes(MAC_ADMIN_GROUP_ID);
}

function ownRights(): Rights {
  return {
    platform: process.platform,
    userId: process.getuid?.() ?? null,
    groupIds: process.getgroups?.() ?? [],
    isElevated: async () => (await import('../win32/index.ts')).ownProcessIsElevated(),
  };
}

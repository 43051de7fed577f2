/** Why the server did not give what was asked. */
export type Failure =
  | { readonly kind: 'offline' }
  | { readonly kind: 'signed_out' }
  | { readonly kind: 'wrong_password' }
  | { readonly kind: 'rate_limited'; readonly retryAfterMs: number }
  | { readonly kind: 'forbidden' }
  | { readonly kind: 'not_found' }
  | { readonly kind: 'state_changed' }
  | { readonly kind: 'server'; readonly status: number }
  | { readonly kind: 'unreadable' };

/** A {@link Failure} as react-query wants it: thrown. It never leaves the query layer. */
export class ApiError extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.kind);
    this.failure = failure;
  }
}

/** The failure inside anything react-query caught. A foreign error is a bug and reads as `unreadable`. */
export function failureOf(error: unknown): Failure {
  return error instanceof ApiError ? error.failure : { kind: 'unreadable' };
}

/** One sentence or two for a person: what happened and what to do. */
export function explain(failure: Failure): string {
  switch (failure.kind) {
    case 'offline':
      return "The server can't be reached. Check the connection; we'll keep trying.";
    case 'signed_out':
      return 'Your session has ended. Sign in again to go on.';
    case 'wrong_password':
      return "That username and password don't match. Check both and try again.";
    case 'rate_limited':
      return `Too many attempts. Wait ${waitInWords(failure.retryAfterMs)} and try again.`;
    case 'forbidden':
      return "Your account isn't allowed to see this. Ask whoever looks after Lapwing at your school.";
    case 'not_found':
      return "The server doesn't have this, or can't open it. If it stands in the list, tell your technician.";
    case 'state_changed':
      return "Somebody else decided on this while you were looking. Here's how it stands now.";
    case 'server':
      return `The server couldn't answer (error ${failure.status}). Try again; if it stays, tell your technician.`;
    case 'unreadable':
      return "The server's answer couldn't be read. Reload the page; if it stays, tell your technician.";
  }
}

function waitInWords(retryAfterMs: number): string {
  const seconds = Math.max(1, Math.ceil(retryAfterMs / 1000));
  if (seconds < 90) return `${seconds} ${seconds === 1 ? 'second' : 'seconds'}`;
  return `${Math.ceil(seconds / 60)} minutes`;
}

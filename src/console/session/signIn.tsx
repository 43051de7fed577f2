import { type FormEvent, useEffect, useRef, useState } from 'react';
import type { Me } from '#contract';
import type { Result } from '#kernel';
import { Banner, Button, Lapwing, TextField } from '#ui';
import { explain, type Failure } from '../api/index.ts';

interface SignInProps {
  signIn(username: string, password: string): Promise<Result<Me, Failure>>;
  onSignedIn(me: Me): void;
  /** Set when the screen locked: who has to come back, and what the lock left behind. */
  locked?: { username: string; displayName: string; reason: 'idle' | 'expired' };
  /** The server could not be told of a sign-out, so that reloading the page would come back in. */
  isStillOpen?: boolean;
  /** On a locked screen: somebody else wants to sign in. */
  onSomebodyElse?(): void;
}

/** Asks for a username and password, or only the password again on a locked screen. Keeps what was typed on failure. */
export function SignIn({ signIn, onSignedIn, locked, isStillOpen = false, onSomebodyElse }: SignInProps) {
  const [username, setUsername] = useState(locked?.username ?? '');
  const [password, setPassword] = useState('');
  const [missing, setMissing] = useState<{ username?: string; password?: string }>({});
  const [failure, setFailure] = useState<Failure | null>(null);
  const [isBusy, setBusy] = useState(false);
  const passwordField = useRef<HTMLInputElement>(null);

  useEffect(() => {
    document.title = 'Lapwing';
  }, []);

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    const wanted = {
      ...(username.trim() === '' ? { username: 'Write your username' } : {}),
      ...(password === '' ? { password: 'Write your password' } : {}),
    };
    setMissing(wanted);
    if (Object.keys(wanted).length > 0 || isBusy) return;
    setBusy(true);
    setFailure(null);
    const result = await signIn(username.trim(), password);
    setBusy(false);
    if (result.ok) return onSignedIn(result.value);
    setFailure(result.error);
    if (result.error.kind === 'wrong_password') setPassword('');
    passwordField.current?.focus();
  }

  return (
    <main className="signin">
      <div className="signin-card">
        <div className="signin-mark">
          <Lapwing size={72} />
        </div>
        <h1>{locked === undefined ? 'Sign in to Lapwing' : `Locked for ${locked.displayName}`}</h1>
        {locked !== undefined && <p className="signin-why">{whyLocked(locked.reason)}</p>}
        <form onSubmit={(event) => void submit(event)} noValidate>
          {isStillOpen && (
            <Banner tone="warning">
              The server couldn’t be told that you signed out. Close the browser before you leave this
              computer.
            </Banner>
          )}
          {failure !== null && <Banner tone="warning">{explain(failure)}</Banner>}
          {locked === undefined && (
            <TextField
              label="Username"
              value={username}
              onChange={setUsername}
              autoComplete="username"
              autoFocus
              maxLength={100}
              error={missing.username}
            />
          )}
          <TextField
            label="Password"
            type="password"
            value={password}
            onChange={setPassword}
            autoComplete="current-password"
            autoFocus={locked !== undefined}
            maxLength={200}
            error={missing.password}
            inputRef={passwordField}
          />
          <Button type="submit" variant="primary" isDisabled={isBusy}>
            {isBusy ? 'Signing in …' : locked === undefined ? 'Sign in' : 'Unlock'}
          </Button>
          {onSomebodyElse !== undefined && (
            <Button variant="quiet" onPress={onSomebodyElse}>
              Sign in as somebody else
            </Button>
          )}
        </form>
      </div>
      <p className="signin-foot">
        What you see here concerns children. Everything you open is written in the audit trail.
      </p>
    </main>
  );
}

function whyLocked(reason: 'idle' | 'expired'): string {
  return reason === 'idle'
    ? 'Nobody was here for 20 minutes. A note you had begun is still there.'
    : 'Your session has ended. A note you had begun is still there.';
}

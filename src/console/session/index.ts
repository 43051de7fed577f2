export { createIdleLock, type IdleLock, type IdleState } from './idleLock.ts';
export { SignIn } from './signIn.tsx';

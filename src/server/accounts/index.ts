export {
  type AccountAdministration,
  type AdministrationFailure,
  createAccountAdministration,
} from './administration.ts';
export { type ConsoleGuard, createConsoleGuard, personOf } from './guard.ts';
export { createPasswords, type Passwords } from './passwords.ts';
export { sessionRoutes } from './routes.ts';
export { type Accounts, createAccounts, type Person } from './service.ts';

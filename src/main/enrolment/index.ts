export {
  createEnrolment,
  type EnrolFailure,
  type Enrolment,
  type EnrolmentDeps,
  type EnrolmentOptions,
  type Identity,
} from './enrolment.ts';
export { createIntakeKeys, type IntakeKeys, type IntakeKeysDeps } from './intakeKeys.ts';
export { type TokenSource, type UntilEnrolledDeps, untilEnrolled } from './untilEnrolled.ts';

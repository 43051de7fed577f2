/** The outcome of work that may fail in an expected way. A throw is a bug; a failure is a value. */
export type Result<Value, Failure> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: Failure };

/** A successful {@link Result}. */
export function ok<Value>(value: Value): Result<Value, never> {
  return { ok: true, value };
}

/** A failed {@link Result}; `error` says what happened as data, not as prose alone. */
export function err<Failure>(error: Failure): Result<never, Failure> {
  return { ok: false, error };
}

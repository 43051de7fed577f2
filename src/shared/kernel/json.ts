/** The value of a JSON text, or null where it is none. For what comes from outside: a schema judges the value. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

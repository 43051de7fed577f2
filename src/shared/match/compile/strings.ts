/** Texts laid end to end as UTF-16 code units. */
export interface StringPool {
  /** Adds a text and gives where it starts; its length is the text's own. */
  add(text: string): number;
  finish(): Uint16Array<ArrayBuffer>;
}

export function createStringPool(): StringPool {
  let units: Uint16Array<ArrayBuffer> = new Uint16Array(1_024);
  // The first unit is never used, so that no text starts at 0.
  let length = 1;
  return {
    add(text) {
      if (length + text.length > units.length) {
        const larger = new Uint16Array(Math.max(units.length * 2, length + text.length));
        larger.set(units);
        units = larger;
      }
      const start = length;
      for (let at = 0; at < text.length; at += 1) units[length + at] = text.charCodeAt(at);
      length += text.length;
      return start;
    },
    finish: () => units.slice(0, length),
  };
}

/** Reads a text back. */
export function readString(units: Uint16Array, start: number, length: number): string {
  let text = '';
  for (let at = start; at < start + length; at += 4_096) {
    text += String.fromCharCode(...units.subarray(at, Math.min(at + 4_096, start + length)));
  }
  return text;
}

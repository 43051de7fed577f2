const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/**
 * The lines of a stream of bytes, without their ends (`\n` or `\r\n`) and without a byte order mark in front (where
 * files were joined, one may stand inside). Nothing else ends a line: U+2028 may stand in a title. Holds one
 * line and one chunk at a time. The lines are `decode`d one by one; UTF-8 if left out.
 */
export async function* linesOf(
  input: AsyncIterable<Buffer | string>,
  decode: (line: Buffer) => string = (line) => line.toString('utf8'),
): AsyncGenerator<string> {
  const textOf = (line: Buffer): string => {
    const end = line.at(-1) === CARRIAGE_RETURN ? line.length - 1 : line.length;
    return decode(line.subarray(0, end)).replace(/^\uFEFF/, '');
  };
  let begun: Buffer[] = [];
  for await (const chunk of input) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    let start = 0;
    for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED, start)) {
      yield textOf(Buffer.concat([...begun, bytes.subarray(start, end)]));
      begun = [];
      start = end + 1;
    }
    if (start < bytes.length) begun.push(bytes.subarray(start));
  }
  if (begun.length > 0) yield textOf(Buffer.concat(begun));
}

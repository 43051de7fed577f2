import { join } from 'node:path';

/**
 * Where a test leaves a picture of what it saw. The README's own are made anew only when asked, with
 * `LAPWING_PICTURES=docs/images`: a run of the tests changes nothing that is kept.
 */
export function pictureFile(name: string): string {
  return join(process.env.LAPWING_PICTURES ?? 'test-results/pictures', name);
}

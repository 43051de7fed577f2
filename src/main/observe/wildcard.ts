/** A test of a whole text against a pattern, whatever its case, in which `*` stands for anything. */
export function createWildcard(pattern: string): (text: string) => boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const expression = new RegExp(`^${parts.join('.*?')}$`, 'isu');
  return (text) => expression.test(text);
}

/**
 * Gives the focus to the heading of what is open when what held it has gone from the page; a person who holds it
 * elsewhere, such as in the list, keeps it.
 */
export function catchFocus(): void {
  const { activeElement } = document;
  if (activeElement !== null && activeElement !== document.body) return;
  document.querySelector<HTMLElement>('main h1')?.focus();
}

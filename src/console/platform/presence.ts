/** Lets the tabs of one browser know that somebody is at the keyboard, so that an idle tab does not lock a busy one. */
export function createPresence(): { tell(): void; onTold(listener: () => void): () => void } {
  const channel = new BroadcastChannel('lapwing-presence');
  return {
    tell: () => channel.postMessage('here'),
    onTold(listener) {
      channel.addEventListener('message', listener);
      return () => channel.removeEventListener('message', listener);
    },
  };
}

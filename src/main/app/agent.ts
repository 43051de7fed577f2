export function createAgent(): { start(): Promise<void>; stop(): Promise<void> } {
  return { start: async () => undefined, stop: async () => undefined };
}

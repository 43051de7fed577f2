import type { RendererApi } from '#ipc';

declare global {
  interface Window {
    /** Put there by the preload; the only way out of the page. */
    lapwing: RendererApi;
  }
}

/** The bridge to the agent. */
export function createBridge(): RendererApi {
  return window.lapwing;
}

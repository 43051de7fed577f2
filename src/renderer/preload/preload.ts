import { contextBridge, ipcRenderer } from 'electron';
import type { RendererApi } from '#ipc';

/** All that a page can do outside itself: call a channel of the IPC map. The main process checks every call. */
const api: RendererApi = { invoke: (name, input) => ipcRenderer.invoke(name, input) };

contextBridge.exposeInMainWorld('lapwing', api);

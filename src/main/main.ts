import { createAgent, createWatch } from './app/index.ts';
import { startHost } from './platform/electron/index.ts';

startHost({ createAgent, createWatch });

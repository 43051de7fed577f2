export { createNotice, type Notice, type NoticeDeps } from './notice.ts';

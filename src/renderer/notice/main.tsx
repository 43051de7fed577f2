import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import '#ui/base.css';
import '../shared/window.css';
import './notice.css';
import { createBridge } from '../shared/bridge.ts';
import { levelOf } from '../shared/level.ts';
import { NoticeWindow } from './window.tsx';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
const bridge = createBridge();
const opened = await bridge.invoke('notice.open', undefined);
document.documentElement.dataset['level'] = levelOf(opened.audience);
createRoot(root).render(
  <StrictMode>
    <NoticeWindow bridge={bridge} opened={opened} />
  </StrictMode>,
);

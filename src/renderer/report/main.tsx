import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import '#ui/base.css';
import '../shared/window.css';
import './report.css';
import { createBridge } from '../shared/bridge.ts';
import { levelOf } from '../shared/level.ts';
import { REPORT_TEXTS } from './texts.ts';
import { ReportWindow } from './window.tsx';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
const bridge = createBridge();
const opened = await bridge.invoke('report.open', undefined);
document.title = REPORT_TEXTS[levelOf(opened.audience)].window;
document.documentElement.dataset['level'] = levelOf(opened.audience);
createRoot(root).render(
  <StrictMode>
    <ReportWindow bridge={bridge} opened={opened} />
  </StrictMode>,
);

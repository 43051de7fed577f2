import { QueryClient } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import '#ui/base.css';
import './console.css';
import { createConsoleApi, createLiveEvents, failureOf } from './api/index.ts';
import { App } from './app/index.ts';
import { createBrowserTimers, createPreferences } from './platform/browser.ts';
import { createPresence } from './platform/presence.ts';
import { createDrafts } from './world/index.ts';

// The composition root: everything of the browser is handed out from here.
const timers = createBrowserTimers();
const api = createConsoleApi({ fetch: window.fetch.bind(window) });
const events = createLiveEvents({ open: (url) => new EventSource(url), timers });
const retries = 2;
const client = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (attempt, error) => ['offline', 'server'].includes(failureOf(error).kind) && attempt < retries,
    },
  },
});

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <App
      api={api}
      client={client}
      events={events}
      timers={timers}
      preferences={createPreferences()}
      drafts={createDrafts()}
      presence={createPresence()}
    />
  </StrictMode>,
);

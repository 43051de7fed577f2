import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import { CONSOLE_PATHS, CSRF_HEADER, type ItemResponse, type QueueResponse } from '#contract';
import type { App } from '../../../src/server/http/index.ts';

/** A browser with the console in it, as far as the server can tell. */
export interface FakeConsole {
  cookie: string | null;
  /** The server it talks to; a test may turn it to another. */
  app: App;
  request(options: InjectOptions): Promise<LightMyRequestResponse>;
  signIn(username: string, password: string): Promise<LightMyRequestResponse>;
  queue(query?: string): Promise<QueueResponse>;
  item(id: string): Promise<ItemResponse>;
  decide(id: string, decision: string, from: string, note?: string): Promise<LightMyRequestResponse>;
}

export function createFakeConsole({ app }: { readonly app: App }): FakeConsole {
  const browser: FakeConsole = {
    cookie: null,
    app,
    async request(options) {
      const headers = {
        [CSRF_HEADER]: '1',
        ...(browser.cookie === null ? {} : { cookie: browser.cookie }),
        ...options.headers,
      };
      return browser.app.inject({ ...options, headers });
    },
    async signIn(username, password) {
      const response = await browser.request({
        method: 'POST',
        url: CONSOLE_PATHS.session,
        payload: { username, password },
      });
      const [cookie] = response.cookies;
      if (response.statusCode === 200 && cookie !== undefined)
        browser.cookie = `${cookie.name}=${cookie.value}`;
      return response;
    },
    async queue(query = '') {
      const response = await browser.request({ method: 'GET', url: `${CONSOLE_PATHS.queue}${query}` });
      if (response.statusCode !== 200) throw new Error(`queue: ${response.statusCode} ${response.body}`);
      return response.json();
    },
    async item(id) {
      const response = await browser.request({ method: 'GET', url: `${CONSOLE_PATHS.items}/${id}` });
      if (response.statusCode !== 200) throw new Error(`item: ${response.statusCode} ${response.body}`);
      return response.json();
    },
    decide: (id, decision, from, note = '') =>
      browser.request({
        method: 'POST',
        url: `${CONSOLE_PATHS.items}/${id}/decision`,
        payload: { decision, from, note },
      }),
  };
  return browser;
}

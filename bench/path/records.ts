import type { Capture } from '#contract';
import type { Random } from '../../src/main/ports/index.ts';

/** A capture as a school day makes them: about 1.5 kB of JSON. */
export function ordinaryCapture(random: Pick<Random, 'id'>, at: number, count: number): Capture {
  const title = `How to build a kite that flies without wind, part ${count} - Video search`;
  const context = Array.from({ length: 3 }, (_, step) => ({
    at: at - step * 20_000,
    app: 'Browser',
    title: `Kites through history, chapter ${count + step} - Encyclopedia for schools`,
    url: `https://encyclopedia.example/kites/history/chapter-${count + step}?from=search`,
  }));
  return {
    kind: 'capture',
    id: random.id(),
    observation: {
      at,
      app: { name: 'Browser', path: '/usr/bin/browser', processId: 4_711 },
      title,
      url: `https://videos.example/results?search_query=how+to+build+a+kite+part+${count}`,
      urlSource: 'extension',
      private: false,
      excluded: null,
      session: {
        user: 'wren.okafor',
        displayName: 'Wren Okafor',
        account: 'individual',
        accountType: 'domain',
        machine: 'ROOM4-07',
        onSchoolNetwork: true,
        timeZone: 'Europe/London',
      },
    },
    hits: [
      {
        ruleId: 'kites.build',
        packId: 'en.kites',
        category: 'hacking_bypass',
        severity: 'medium',
        field: 'title',
        start: 7,
        end: 19,
        text: 'build a kite',
      },
    ],
    search: `how to build a kite part ${count}`,
    context,
    screenshot: { state: 'none', reason: 'policy' },
    policyVersion: 1,
  };
}

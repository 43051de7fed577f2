import { Agent, request } from 'node:http';

/** One request, ready to go. */
export interface Shot {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface Gun {
  /** Fires all shots, so many on their way at any time; gives the seconds. Throws on an answer that is not 200. */
  fire(shots: readonly Shot[]): Promise<number>;
  dispose(): void;
}

/** Requests over kept-alive connections, as light as Node allows: the bench shares the machine with the server. */
export function createGun(url: string, atOnce: number): Gun {
  const { hostname, port } = new URL(url);
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });

  function send({ method, path, headers, body }: Shot): Promise<void> {
    return new Promise((resolve, reject) => {
      const sent = request(
        {
          agent,
          hostname,
          port,
          method,
          path,
          headers: { ...headers, 'content-length': String(body.length) },
        },
        (answer) => {
          const parts: Buffer[] = [];
          answer.on('data', (part: Buffer) => parts.push(part));
          answer.on('error', reject);
          answer.on('end', () => {
            if (answer.statusCode === 200) resolve();
            else
              reject(new Error(`${method} ${path}: ${answer.statusCode} ${Buffer.concat(parts).toString()}`));
          });
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
  }

  return {
    async fire(shots) {
      const startMs = performance.now();
      let next = 0;
      const worker = async () => {
        for (let shot = shots[next++]; shot !== undefined; shot = shots[next++]) await send(shot);
      };
      await Promise.all(Array.from({ length: atOnce }, worker));
      return (performance.now() - startMs) / 1_000;
    },
    dispose: () => agent.destroy(),
  };
}

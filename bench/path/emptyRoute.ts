/** A server that does nothing but take a body: what Fastify itself costs. Prints its address. */
import fastify from 'fastify';

const app = fastify();
app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) =>
  done(null, body),
);
app.post('/empty', { bodyLimit: 3_000_000 }, async () => ({}));
const url = await app.listen({ host: '127.0.0.1', port: 0 });
process.stdout.write(`${JSON.stringify({ url })}\n`);
process.on('SIGTERM', () => void app.close().then(() => process.exit(0)));

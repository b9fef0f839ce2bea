// Serves this folder to this machine: `node serve.js [PORT]`. Any server of files does as well.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';

const TYPES = { html: 'text/html', js: 'text/javascript', wasm: 'application/wasm' };

const server = createServer(async (request, response) => {
  try {
    // A URL has no `..` left in its path.
    const { pathname } = new URL(request.url, 'http://localhost');
    const path = pathname === '/' ? '/index.html' : pathname;
    const bytes = await readFile(new URL(`.${path}`, import.meta.url));
    response.writeHead(200, { 'content-type': TYPES[path.split('.').pop()] ?? 'application/octet-stream' }).end(bytes);
  } catch {
    response.writeHead(404).end();
  }
});

server.listen(process.argv[2] ?? 8080, 'localhost', () => {
  console.log(`http://localhost:${server.address().port}/`);
});

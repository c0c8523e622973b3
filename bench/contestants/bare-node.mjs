/** A bare Node: `node bare-node.mjs PORT`. */
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { tokens, user } from './bare-responses.mjs';

createServer((request, response) => {
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  if (request.method === 'POST') void json(request).then(() => response.end(JSON.stringify(tokens)));
  else response.end(JSON.stringify(user));
}).listen(Number(process.argv[2]), '127.0.0.1');

/** A bare Express 5: `node bare-express.mjs PORT`. */
import express from 'express';
import { tokens, user } from './bare-responses.mjs';

const app = express();
app.get('/server/ping', (_request, response) => response.send('pong'));
app.get('/users/me', (_request, response) => response.json(user));
app.post('/auth/refresh', express.json(), (_request, response) => response.json(tokens));
app.listen(Number(process.argv[2]), '127.0.0.1');

import { createHmac, randomUUID } from 'node:crypto';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const { TARGET, ADMIN_EMAIL, ADMIN_PASSWORD, SECRET } = process.env;
const api = request(TARGET);
const user = { email: `ann-${randomUUID()}@example.com`, password: 'correct-horse', token: randomUUID() };
let admin;

const login = async (mode, { email, password } = user) => {
  const answer = await api.post('/auth/login').send({ email, password, mode }).expect(200);
  return { answer, ...answer.body.data };
};
const refresh = (refresh_token) => api.post('/auth/refresh').send({ refresh_token, mode: 'json' });
const me = (token) => api.get('/users/me').set('Authorization', `Bearer ${token}`);
const cookieLine = (answer, name) => answer.headers['set-cookie']?.find((line) => line.startsWith(`${name}=`));
const cookieOf = (answer, name) => cookieLine(answer, name).split(';')[0];
const claimsOf = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));
const sign = (claims) => {
  const encode = (part) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${signed}.${createHmac('sha256', SECRET).update(signed).digest('base64url')}`;
};

beforeAll(async () => {
  admin = await login('json', { email: ADMIN_EMAIL, password: ADMIN_PASSWORD });
  const answer = await api.post('/users').auth(admin.access_token, { type: 'bearer' }).send(user).expect(200);
  user.id = answer.body.data.id;
});

afterAll(async () => {
  await api.delete(`/users/${user.id}`).auth(admin.access_token, { type: 'bearer' });
});

describe('Standard Tokens', () => {
  test('a login answers with an access token, a refresh token and their expiry', async () => {
    const { email, password } = user;
    const answer = await api.post('/auth/login').send({ email, password }).expect(200).expect('Content-Type', /json/);
    expect(answer.body.data).toEqual({
      access_token: expect.any(String),
      refresh_token: expect.any(String),
      expires: expect.any(Number),
    });
  });

  test('a login with a wrong password is rejected', async () => {
    await api.post('/auth/login').send({ email: user.email, password: 'wrong' }).expect(401);
  });

  test('a login with an unknown email is rejected as one with a wrong password', async () => {
    const wrong = await api.post('/auth/login').send({ email: user.email, password: 'wrong' });
    const unknown = await api.post('/auth/login').send({ email: 'nobody@example.com', password: 'wrong' }).expect(401);
    expect(unknown.body).toEqual(wrong.body);
  });

  test('an access token identifies its user', async () => {
    const { access_token } = await login('json');
    const answer = await me(access_token).expect(200);
    expect(answer.body.data.id).toBe(user.id);
  });

  test('the expiry of a login is that of its access token', async () => {
    const { access_token, expires } = await login('json');
    const { iat, exp } = claimsOf(access_token);
    expect(expires).toBe((exp - iat) * 1000);
  });

  test('an expired access token is rejected', async () => {
    const { access_token } = await login('json');
    const claims = claimsOf(access_token);
    await me(sign({ ...claims, iat: claims.iat - 7200, exp: claims.iat - 3600 })).expect(401);
  });

  test('an access token with an altered signature is rejected', async () => {
    const { access_token } = await login('json');
    const [header, payload, signature] = access_token.split('.');
    const altered = (signature.startsWith('A') ? 'B' : 'A') + signature.slice(1);
    const answer = await me(`${header}.${payload}.${altered}`);
    expect([401, 403]).toContain(answer.status);
  });

  test('a refresh answers with new tokens that work', async () => {
    const { refresh_token } = await login('json');
    const { body } = await refresh(refresh_token).expect(200);
    expect(body.data).toEqual({
      access_token: expect.any(String),
      refresh_token: expect.any(String),
      expires: expect.any(Number),
    });
    expect(body.data.refresh_token).not.toBe(refresh_token);
    const answer = await me(body.data.access_token).expect(200);
    expect(answer.body.data.id).toBe(user.id);
    await refresh(body.data.refresh_token).expect(200);
  });

  test('a refresh token works once', async () => {
    const { refresh_token } = await login('json');
    await refresh(refresh_token).expect(200);
    await refresh(refresh_token).expect(401);
  });

  test('an unknown refresh token is rejected', async () => {
    await refresh('unknown').expect(401);
  });

  test('a logout invalidates the refresh token', async () => {
    const { refresh_token } = await login('json');
    await api.post('/auth/logout').send({ refresh_token, mode: 'json' }).expect(204);
    await refresh(refresh_token).expect(401);
  });
});

describe('Session Tokens', () => {
  test('a login in mode session sets the session cookie and puts no token in the body', async () => {
    const { answer } = await login('session');
    expect(cookieOf(answer, 'directus_session_token')).toMatch(/=[\w-]+\.[\w-]+\.[\w-]+$/);
    expect(answer.body.data).not.toHaveProperty('access_token');
    expect(answer.body.data).not.toHaveProperty('refresh_token');
  });

  test('the session cookie is httpOnly', async () => {
    const { answer } = await login('session');
    expect(cookieLine(answer, 'directus_session_token')).toMatch(/; *HttpOnly/i);
  });

  test('the session cookie authenticates', async () => {
    const { answer } = await login('session');
    const mine = await api.get('/users/me').set('Cookie', cookieOf(answer, 'directus_session_token')).expect(200);
    expect(mine.body.data.id).toBe(user.id);
  });

  test('a refresh in mode session sets a new cookie that works', async () => {
    const { answer } = await login('session');
    const before = cookieOf(answer, 'directus_session_token');
    const renewed = await api.post('/auth/refresh').set('Cookie', before).send({ mode: 'session' }).expect(200);
    const after = cookieOf(renewed, 'directus_session_token');
    expect(after).not.toBe(before);
    const mine = await api.get('/users/me').set('Cookie', after).expect(200);
    expect(mine.body.data.id).toBe(user.id);
  });

  test('a logout in mode session ends the session', async () => {
    const { answer } = await login('session');
    const cookie = cookieOf(answer, 'directus_session_token');
    await api.post('/auth/logout').set('Cookie', cookie).send({ mode: 'session' }).expect(204);
    await api.get('/users/me').set('Cookie', cookie).expect(401);
    await api.post('/auth/refresh').set('Cookie', cookie).send({ mode: 'session' }).expect(401);
  });
});

describe('Storing Tokens', () => {
  test('a login in mode cookie sets the refresh token as httpOnly cookie', async () => {
    const { answer, access_token } = await login('cookie');
    expect(cookieLine(answer, 'directus_refresh_token')).toMatch(/; *HttpOnly/i);
    expect(access_token).toEqual(expect.any(String));
    expect(answer.body.data).not.toHaveProperty('refresh_token');
  });

  test('a refresh in mode cookie takes the refresh token from its cookie', async () => {
    const { answer } = await login('cookie');
    const before = cookieOf(answer, 'directus_refresh_token');
    const renewed = await api.post('/auth/refresh').set('Cookie', before).send({ mode: 'cookie' }).expect(200);
    expect(cookieOf(renewed, 'directus_refresh_token')).not.toBe(before);
    const mine = await me(renewed.body.data.access_token).expect(200);
    expect(mine.body.data.id).toBe(user.id);
  });
});

describe('Static Tokens', () => {
  test('a static token identifies its user', async () => {
    const answer = await me(user.token).expect(200);
    expect(answer.body.data.id).toBe(user.id);
  });

  test('a new static token replaces the old one', async () => {
    const old = user.token;
    user.token = randomUUID();
    await api
      .patch(`/users/${user.id}`)
      .auth(admin.access_token, { type: 'bearer' })
      .send({ token: user.token })
      .expect(200);
    const answer = await me(user.token).expect(200);
    expect(answer.body.data.id).toBe(user.id);
    await me(old).expect(401);
  });

  test('a static token cannot be read again', async () => {
    const answer = await api.get(`/users/${user.id}`).auth(admin.access_token, { type: 'bearer' }).expect(200);
    expect(answer.body.data.id).toBe(user.id);
    expect(answer.text).not.toContain(user.token);
  });
});

describe('Making Requests', () => {
  test('the access_token in the query authenticates', async () => {
    const { access_token } = await login('json');
    const answer = await api.get('/users/me').query({ access_token }).expect(200);
    expect(answer.body.data.id).toBe(user.id);
  });

  test('two tokens in one request are rejected', async () => {
    const { access_token } = await login('json');
    await me(access_token).query({ access_token }).expect(400);
  });

  test('a request without a token or with an unknown one is rejected', async () => {
    await api.get('/users/me').expect(401);
    await me('unknown').expect(401);
  });

  test('a token has the permissions of its user and no others', async () => {
    const { access_token } = await login('json');
    await api.get('/users').auth(access_token, { type: 'bearer' }).expect(403);
    await api.get('/users').auth(admin.access_token, { type: 'bearer' }).expect(200);
  });
});

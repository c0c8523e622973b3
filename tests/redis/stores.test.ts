import { afterAll, beforeAll } from 'vitest';
import { RedisStore } from '../../reference-server/index.js';
import { RedisServer } from '../helpers/redis-server.js';
import { storeContract } from '../reference-server/stores/store-contract.js';

/* @module-tag needs/redis-server */

let redis: RedisServer | undefined;
beforeAll(async () => {
  redis = await RedisServer.start();
});
afterAll(() => redis?.remove());

storeContract('Redis', async () => {
  if (redis === undefined) throw new Error('redis-server does not run');
  await redis.stop();
  await redis.start();
  return [await RedisStore.open(redis.url), await RedisStore.open(redis.url)];
});

import { ADMIN, quickServer } from '../reference-server/client.js';
import { sdkScenarios } from './sdk-scenarios.js';

sdkScenarios(async (settings) => {
  const server = await quickServer({ settings });
  return { url: server.url, admin: ADMIN, stop: () => server.close() };
});

import { sdkScenarios } from '../client/sdk-scenarios.js';
import { installDirectus, known, OBSERVED_VERSION, startDirectus } from './directus.js';

sdkScenarios(async (settings) => {
  const directus = await startDirectus(await installDirectus(OBSERVED_VERSION), settings);
  return {
    url: directus.url,
    admin: { email: known.email, password: known.password },
    stop: () => directus.stop(),
  };
});

import { clients, type StartTarget } from './clients.js';
import { accountScenarios } from './scenarios/accounts.js';
import { errorScenarios } from './scenarios/errors.js';
import { graphqlScenarios } from './scenarios/graphql.js';
import { modeScenarios } from './scenarios/modes.js';
import { publicScenarios } from './scenarios/public.js';
import { realtimeScenarios } from './scenarios/realtime.js';
import { refreshScenarios } from './scenarios/refreshing.js';
import { userScenarios } from './scenarios/users.js';

/** What the client of Directus, @directus/sdk, has to get from a server, be it a real Directus or the reference server. */
export function sdkScenarios(start: StartTarget): void {
  const sdk = clients(start);
  modeScenarios(sdk);
  refreshScenarios(start);
  errorScenarios(sdk);
  userScenarios(sdk);
  accountScenarios(sdk);
  graphqlScenarios(sdk);
  realtimeScenarios(sdk);
  publicScenarios(sdk);
}

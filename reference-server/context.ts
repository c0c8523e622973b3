import type { Jwts } from './auth/jwt.js';
import type { Clock, TravellingClock } from './clock.js';
import type { ItemEvents } from './content/item-events.js';
import type { ActivityLog } from './events/activity-log.js';
import type { EventLog } from './events/event-log.js';
import type { Outbox } from './outbox.js';
import type { Passwords } from './passwords.js';
import type { ProjectSettings } from './stores/project-settings.js';
import type { RandomSource } from './random.js';
import type { Settings } from './settings.js';
import type { Store } from './stores/store.js';

/** What every part of the server works with. */
export interface Context {
  readonly settings: Settings;
  readonly store: Store;
  readonly clock: Clock;
  /** The same clock, where the studio page may advance it. */
  readonly timeTravel: TravellingClock | undefined;
  readonly random: RandomSource;
  readonly passwords: Passwords;
  readonly jwts: Jwts;
  /** The project settings until they are changed. */
  readonly initialProjectSettings: ProjectSettings;
  readonly eventLog: EventLog;
  /** What was done lately. */
  readonly activityLog: ActivityLog;
  /** What is written of items and users, for those who are subscribed to it. */
  readonly itemEvents: ItemEvents;
  /** The emails that would have been sent. */
  readonly outbox: Outbox;
  /** Where others reach the API, without a slash at the end. */
  readonly publicUrl: () => string;
  /** Told of an origin whose pages cannot read the answers. */
  readonly onCrossOriginRejection: ((origin: string) => void) | undefined;
}

/** The project settings in force. */
export async function projectSettings({ initialProjectSettings, store }: Context): Promise<ProjectSettings> {
  return { ...initialProjectSettings, ...(await store.projectSettings()) };
}

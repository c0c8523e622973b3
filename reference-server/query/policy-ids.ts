/* The ids of what every Directus has. Observed: Directus 12.4.1. */

export const ADMINISTRATORS_POLICY = '5482ef22-8b27-41e5-a492-c7948bab8345';
export const PUBLIC_POLICY = 'abf8a154-5b1c-4a46-ac9c-7300570f4f17';
/** What gives the public policy to everybody: the record of directus_access. */
export const PUBLIC_ACCESS = 'c152970d-1df4-4ea3-a886-c7909db5a8b8';

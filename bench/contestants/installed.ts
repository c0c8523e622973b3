import { fileURLToPath } from 'node:url';

/** A file of what `npm ci --prefix bench` has installed. */
export const installed = (path: string): string => fileURLToPath(new URL(`../node_modules/${path}`, import.meta.url));

import helmet from 'helmet';

/**
 * Headers that keep a browser from taking an answer for something else. None of them contradicts what a real Directus was seen to
 * send, which sends few: Cross-Origin-Opener-Policy as observed with Directus 12.4.1. No Strict-Transport-Security: for a server
 * on localhost it would bind every other one there to https. No Cross-Origin-Resource-Policy: who may read is up to CORS.
 */
export const protectiveHeaders = helmet({
  contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
  crossOriginOpenerPolicy: { policy: 'same-origin-allow-popups' },
  crossOriginResourcePolicy: false,
  originAgentCluster: false,
  strictTransportSecurity: false,
});

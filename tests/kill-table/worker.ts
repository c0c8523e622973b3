/** A process of the kill table: certifies the reference server with the defects that it is sent, several at once. */
import { certifyDefects } from './certify-defect.js';
import type { Job, Outcome } from './pool.js';

process.on('message', ({ id, defects, only, settings }: Job) => {
  certifyDefects(defects, { ...settings, ...(only && { only: [...only] }) }).then(
    (report) => send({ id, report }),
    (error: unknown) => send({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));

function send(outcome: Outcome): void {
  process.send?.(outcome);
}

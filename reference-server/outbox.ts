/** An email that a Directus would have sent. Nothing is sent here: it is kept to be read. */
export interface OutboxEmail {
  /** Counts up from 1. */
  readonly id: number;
  /** When, in ms since 1970 by the server's clock. */
  readonly time: number;
  readonly kind: 'password-reset' | 'invitation' | 'verification';
  readonly to: string;
  readonly subject: string;
  /** The link in it, with the token that it is about. */
  readonly link: string;
}

/** How many emails are kept. */
export const EMAILS_KEPT = 200;

/** The subjects. Observed: Directus 12.4.1. */
const subjects: Readonly<Record<OutboxEmail['kind'], string>> = {
  'password-reset': 'Password Reset Request',
  invitation: "You've been invited",
  verification: 'Verify your email address',
};

/** The emails of a server, in memory, the oldest first. */
export class Outbox {
  #emails: OutboxEmail[] = [];
  #count = 0;

  /** @param onEmail told of each email */
  constructor(private readonly onEmail?: (email: OutboxEmail) => void) {}

  /** The last EMAILS_KEPT of them. */
  get emails(): readonly OutboxEmail[] {
    return this.#emails;
  }

  /** The last email to an address, whatever its case; undefined when there is none. */
  lastTo(address: string): OutboxEmail | undefined {
    return this.#emails.findLast(({ to }) => to.toLowerCase() === address.toLowerCase());
  }

  add(email: Pick<OutboxEmail, 'kind' | 'link' | 'time' | 'to'>): void {
    this.#count += 1;
    const { kind, link, time, to } = email;
    const kept: OutboxEmail = { id: this.#count, time, kind, to, subject: subjects[kind], link };
    this.#emails = [...this.#emails, kept].slice(-EMAILS_KEPT);
    this.onEmail?.(kept);
  }

  clear(): void {
    this.#emails = [];
  }
}

import type { JSX } from 'preact';

/* What administrators have on the studio page beside static tokens (scripts/manage.js). */

const STATUSES = ['active', 'invited', 'draft', 'suspended', 'archived', 'unverified'];

function Field(props: {
  readonly id: string;
  readonly label: string;
  readonly type?: string;
  readonly required?: boolean;
}): JSX.Element {
  const { id, label, type = 'text', required = false } = props;
  return (
    <>
      <label for={id}>{label}</label>
      <input
        id={id}
        type={type}
        required={required}
        autocomplete={type === 'password' ? 'new-password' : 'off'}
        spellcheck={false}
      />
    </>
  );
}

/** The form for a new user. */
export const CreateForm = (): JSX.Element => (
  <form id="create-form" method="post">
    <Field id="new-address" label="Address" type="email" required />
    <Field id="new-secret" label="First password" type="password" required />
    <label for="new-role">Role of the new user</label>
    <select id="new-role" />
    <p class="buttons">
      <button type="submit" class="main">
        Create the user
      </button>
    </p>
    <p id="created" role="status" />
  </form>
);

/** The form for the user whose page is shown. A user is suspended by the status. */
export const EditForm = (): JSX.Element => (
  <form id="edit-form" method="post">
    <Field id="edit-first" label="Given name" />
    <Field id="edit-last" label="Family name" />
    <Field id="edit-address" label="Mail address" type="email" required />
    <label for="edit-status">State</label>
    <select id="edit-status">
      {STATUSES.map((status) => (
        <option value={status}>{status}</option>
      ))}
    </select>
    <label for="edit-role">Role of the user</label>
    <select id="edit-role" />
    <Field id="edit-secret" label="Another password (empty: none)" type="password" />
    <p class="buttons">
      <button type="submit" class="main">
        Apply changes
      </button>
      <button type="button" id="remove-user">
        Remove the user
      </button>
    </p>
    <p id="edit-done" role="status" />
  </form>
);

/** The emails that a Directus would have sent. */
export const Emails = (): JSX.Element => (
  <>
    <p class="hint">Emails are not sent: their links are here.</p>
    <p id="no-emails">There are none yet.</p>
    <ul id="email-list" class="rows" />
  </>
);

/** What narrows the list of events. */
export const EventFilter = (): JSX.Element => (
  <form id="event-filter" class="filter" method="post">
    <div>
      <label for="filter-who">Only of the user</label>
      <input id="filter-who" type="search" autocomplete="off" />
    </div>
    <div>
      <label for="filter-credential">Credential</label>
      <select id="filter-credential">
        <option value="">any</option>
        {['standard', 'session', 'static', 'refresh', 'password', 'none'].map((credential) => (
          <option value={credential}>{credential}</option>
        ))}
      </select>
    </div>
    <div>
      <label for="filter-outcome">Outcome</label>
      <select id="filter-outcome">
        <option value="">any</option>
        <option value="accepted">accepted</option>
        <option value="rejected">rejected</option>
      </select>
    </div>
  </form>
);

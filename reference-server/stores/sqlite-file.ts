import type Database from 'libsql';
import { accessSync, closeSync, constants, openSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { StoreError } from './store.js';

/** Marks the file as one of this program (SQLite, PRAGMA application_id): "auth" in ASCII. */
const APPLICATION_ID = 0x61757468;
/** The version of the schema below (SQLite, PRAGMA user_version). */
const SCHEMA_VERSION = 1;
/** How long another process that writes may be waited for, in ms. */
const BUSY_TIMEOUT_MS = 2000;

/*
 * Users and roles are JSON, beside the members that are looked up. Emails (in lower case) are JSON there too: SQLite ends a text at
 * NUL and knows no lone surrogates, JSON escapes both. Static tokens are looked up by their digest.
 */
const SCHEMA = `
  CREATE TABLE users (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    email TEXT UNIQUE,
    token TEXT UNIQUE,
    role TEXT,
    record TEXT NOT NULL
  );
  CREATE TABLE roles (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    parent TEXT,
    record TEXT NOT NULL
  );
  CREATE TABLE sessions (
    token TEXT PRIMARY KEY,
    user TEXT NOT NULL,
    expires REAL NOT NULL,
    successor TEXT
  );
  CREATE INDEX sessions_by_user ON sessions (user);
  CREATE INDEX sessions_by_expires ON sessions (expires);
  CREATE TABLE attempts (user TEXT PRIMARY KEY, count INTEGER NOT NULL);
  CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

/** What an older version of this program has not made, and passes over. */
const LATER_TABLES = `
  CREATE TABLE IF NOT EXISTS items (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    collection TEXT NOT NULL,
    key TEXT NOT NULL,
    members TEXT NOT NULL,
    UNIQUE (collection, key)
  );
  CREATE TABLE IF NOT EXISTS numbers (collection TEXT PRIMARY KEY, last INTEGER NOT NULL);
`;

/**
 * Opens the SQLite file of a store, with its schema. One that is not there is created with mode 0600.
 *
 * @param file its path, named so in errors
 * @throws StoreError when it cannot be read and written, is no such database, or is of a newer version
 */
export async function openSqliteFile(file: string): Promise<Database.Database> {
  // An absolute path is a path to SQLite, also where the name looks like a URI or `:memory:`.
  const path = resolve(file);
  mustBeUsable(path, file);
  const { default: open } = await import('libsql');
  let database: Database.Database | undefined;
  try {
    database = new open(path, { timeout: BUSY_TIMEOUT_MS });
    prepare(database, file);
    return database;
  } catch (error) {
    database?.close();
    throw error instanceof StoreError ? error : new StoreError(inWords(error as NodeJS.ErrnoException, file));
  }
}

/**
 * Creates the file when it is not there.
 * @throws StoreError when it cannot be read and written
 */
function mustBeUsable(path: string, named: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EEXIST') throw new StoreError(inWords(error as NodeJS.ErrnoException, named));
    if (!statSync(path).isFile()) throw new StoreError(`${named} is not a file: name one, or one to be created`);
    try {
      accessSync(path, constants.R_OK | constants.W_OK);
    } catch (denied) {
      throw new StoreError(inWords(denied as NodeJS.ErrnoException, named));
    }
  }
}

/**
 * Brings a new database to the schema.
 * @throws StoreError for a database of another program, and for one of a newer version
 */
function prepare(database: Database.Database, named: string): void {
  const [mode] = database.pragma('journal_mode = WAL') as { journal_mode: string }[];
  if (mode?.journal_mode !== 'wal')
    throw new StoreError(`${named}: this file system cannot hold a database in WAL mode`);
  database.pragma('synchronous = FULL');
  database
    .transaction(() => {
      const [application] = database.pragma('application_id') as { application_id: number }[];
      const [version] = database.pragma('user_version') as { user_version: number }[];
      if (application?.application_id === APPLICATION_ID) {
        if (version?.user_version === SCHEMA_VERSION) {
          database.exec(LATER_TABLES);
          return;
        }
        throw new StoreError(
          `${named} was written by another version of auth-conformance (schema ${version?.user_version ?? 0}, this one has ${SCHEMA_VERSION}): use that version, or another file`,
        );
      }
      if (database.prepare('SELECT name FROM sqlite_master').all().length > 0)
        throw new StoreError(`${named} is a database of another program: name another file`);
      database.exec(SCHEMA);
      database.exec(LATER_TABLES);
    })
    .immediate();
}

function inWords({ code, message }: NodeJS.ErrnoException, named: string): string {
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return `${named} cannot be created, for its folder does not exist: create the folder, or name another file`;
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'SQLITE_READONLY':
    case 'SQLITE_CANTOPEN':
      return `${named} cannot be read and written by this user: change its permissions, or name another file`;
    case 'SQLITE_NOTADB':
    case 'SQLITE_CORRUPT':
      return `${named} is no SQLite database: name another file, or one to be created`;
    case 'SQLITE_BUSY':
      return `${named} is locked by another process: stop it, or name another file`;
    default:
      return `${named} cannot be used: ${message}`;
  }
}

import type { Collection } from './types.js';

/** What is known of an uploaded file. Observed: Directus 12.4.1. */
export const files: Collection = {
  name: 'directus_files',
  types: {
    id: 'uuid',
    storage: 'string',
    filename_disk: 'string',
    filename_download: 'string',
    title: 'string',
    type: 'string',
    folder: 'string',
    uploaded_by: 'string',
    created_on: 'dateTime',
    modified_by: 'string',
    modified_on: 'dateTime',
    charset: 'string',
    filesize: 'bigInteger',
    width: 'integer',
    height: 'integer',
    duration: 'integer',
    embed: 'string',
    description: 'text',
    location: 'text',
    tags: 'json',
    metadata: 'json',
    focal_point_x: 'integer',
    focal_point_y: 'integer',
    tus_id: 'string',
    tus_data: 'json',
    uploaded_on: 'dateTime',
  },
  relations: {
    folder: { to: 'directus_folders', many: false },
    uploaded_by: { to: 'directus_users', many: false },
    modified_by: { to: 'directus_users', many: false },
  },
};

/** Folders of files. Observed: Directus 12.4.1. */
export const folders: Collection = {
  name: 'directus_folders',
  types: { id: 'uuid', name: 'string', parent: 'string', type: 'string' },
  relations: { parent: { to: 'directus_folders', many: false } },
};

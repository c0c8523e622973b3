/* Elements of the page: those that are there by their ids, and new ones. */

import { byId } from './by-id.js';

/** @param {string} id */
export const element = (id) => byId(id, HTMLElement);
/** @param {string} id */
export const button = (id) => byId(id, HTMLButtonElement);
/** @param {string} id */
export const input = (id) => byId(id, HTMLInputElement);

/**
 * A new element with text or elements in it.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} className
 * @param {(string | Node)[]} content
 */
export function make(tag, className, ...content) {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...content);
  return made;
}

/**
 * A time as it is shown: of today without the date.
 * @param {string} iso
 */
export function shownTime(iso) {
  const date = new Date(iso);
  const today = date.toDateString() === new Date().toDateString();
  const time = make('time', '', today ? date.toLocaleTimeString() : date.toLocaleString());
  time.dateTime = iso;
  return time;
}

/** The style of the HTML pages. */
export const style = `
:root { color-scheme: light dark; --ground: #fff; --ink: #1b1f24; --soft: #57606a; --line: #d5dae0; --raised: #f5f7f9; --link: #0b57a4;
  --pass: #11632f; --fail: #b3172a; --warn: #7a4d00; --error: #7a2b9c; --skip: #57606a;
  --fail-ground: #fdecee; --warn-ground: #fff4dd; --error-ground: #f8ebfd; }
@media (prefers-color-scheme: dark) { :root { --ground: #14171b; --ink: #e6e9ec; --soft: #a3acb6; --line: #343a42; --raised: #1d2127; --link: #8cc2ff;
  --pass: #6bd08c; --fail: #ff8a93; --warn: #f0bd62; --error: #d6a0f0; --skip: #a3acb6;
  --fail-ground: #3a1a1e; --warn-ground: #33270f; --error-ground: #2e1d38; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem 1rem 4rem; max-width: 62rem; background: var(--ground); color: var(--ink);
  font: .9375rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
body:has(.comparison) { max-width: 90rem; }
h1 { margin: 0 0 .75rem; font-size: 1.5rem; line-height: 1.2; } h2 { margin: 1.8rem 0 .5rem; font-size: 1.1rem; }
h3, h4 { margin: 0 0 .3rem; font-size: 1em; font-weight: 600; }
a { color: var(--link); }
small, .kicker, .none { color: var(--soft); } .kicker { margin: 0; }
code, pre { font: .85em/1.45 ui-monospace, monospace; unicode-bidi: isolate; }
.skip-link { position: absolute; left: -100vw; } .skip-link:focus { position: static; }
.outcome { margin: 0 0 1rem; padding: .6rem 1rem; border: 1px solid; border-left-width: 6px; border-radius: .3rem; }
.outcome strong { text-wrap: balance; display: block; font-size: 1.35rem; letter-spacing: .03em; } .outcome > span { color: var(--ink); } .of-profile { display: inline-block; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(14rem, 1fr)); gap: .5rem 1.5rem; margin: 0; }
.facts .wide { grid-column: 1 / -1; }
.facts dt, .compared dt { color: var(--soft); font-size: .85rem; } dd { margin: 0; } .compared dd { white-space: pre-wrap; } .line { display: block; }
.tiles { display: flex; flex-wrap: wrap; gap: .5rem; margin: 1.2rem 0; padding: 0; list-style: none; }
.tiles li { flex: 1 1 5rem; padding: .3rem .8rem; border: 1px solid var(--line); border-radius: .4rem; }
.tiles b { font-size: 1.35rem; } .tiles .none { color: var(--soft); }
.pass { color: var(--pass); } .fail { color: var(--fail); } .warn { color: var(--warn); } .error { color: var(--error); } .skip { color: var(--skip); }
.of-fail { background: var(--fail-ground); } .of-warn { background: var(--warn-ground); } .of-error { background: var(--error-ground); }
.leftover { margin: 1rem 0; padding: .5rem .8rem; border-left: 4px solid var(--warn); background: var(--raised); list-style: none; }
.index { margin: 0; padding: 0; list-style: none; border-top: 1px solid var(--line); } .index li { display: flex; gap: .6rem; padding: .25rem; border-bottom: 1px solid var(--line); }
.level { min-width: 3.6rem; font-size: .85em; line-height: 1.75; color: var(--soft); }
.scroll { overflow: auto; border: 1px solid var(--line); border-radius: .4rem; } .tall { max-height: 85vh; }
table { border-collapse: separate; border-spacing: 0; width: 100%; overflow-wrap: normal; }
th, td { padding: .25rem .6rem; border-bottom: 1px solid var(--line); text-align: left; font-weight: normal; vertical-align: middle; }
tbody:last-child tr:last-child > * { border-bottom: 0; }
thead th { font-weight: 600; vertical-align: bottom; }
.matrix td a { display: flex; flex-wrap: wrap; gap: 0 .7rem; min-height: 1.5rem; text-decoration-color: var(--soft); } .matrix a span { white-space: nowrap; }
.targets { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 18rem), 1fr)); gap: .8rem; margin: 0; padding: 0; list-style: none; }
.targets li { padding: .6rem .9rem; border: 1px solid var(--line); border-radius: .4rem; } .targets p { margin: .2rem 0; } .targets .kicker { font-size: .85rem; }
.comparison td { padding: 0; min-width: 2.2rem; text-align: center; font-weight: 600; border-left: 1px solid var(--line); }
.comparison td a { display: block; padding: .25rem 0; color: inherit; }
.comparison thead th { position: sticky; top: 0; z-index: 2; background: var(--raised); }
.comparison th:first-child { position: sticky; left: 0; z-index: 1; min-width: 18rem; width: 100%; background: var(--ground); border-right: 2px solid var(--line); overflow-wrap: anywhere; }
.comparison thead th:first-child { z-index: 3; background: var(--raised); }
.comparison th code { margin-right: .4rem; } .comparison .heading { font-weight: 600; padding-top: .8rem; }
.level-heading { display: block; min-width: 4.2rem; max-width: 10rem; margin: auto; font-size: .85rem; line-height: 1.25; text-align: center; overflow-wrap: break-word; }
.upright { display: block; writing-mode: vertical-rl; transform: rotate(180deg); max-height: 12rem; margin: auto; overflow: hidden; white-space: nowrap; text-overflow: ellipsis; line-height: 1.2; }
.filter { display: flex; flex-wrap: wrap; gap: .6rem 1rem; align-items: end; margin: 1.5rem 0 .5rem; } [hidden] { display: none !important; }
.filter label { display: grid; font-size: .85rem; color: var(--soft); } .filter .text { flex: 1 1 14rem; } .filter .check-box { display: flex; gap: .4rem; align-items: center; min-height: 2.1rem; font-size: .9375rem; color: inherit; }
.buttons { display: flex; flex-wrap: wrap; gap: .6rem; }
input, select, button { font: inherit; font-size: .9375rem; padding: .25rem .5rem; max-width: 100%; color: var(--ink); background: var(--ground); border: 1px solid var(--soft); border-radius: .3rem; }
button { cursor: pointer; background: var(--raised); } .count:empty { display: none; }
.badge { display: inline-block; min-width: 4.2rem; font-weight: 600; white-space: nowrap; }
.requirement, .finding { border-top: 1px solid var(--line); } div > .chapter:last-child { border-bottom: 1px solid var(--line); }
.requirement > summary, .finding > summary { display: flex; gap: .6rem; padding: .35rem .25rem; cursor: pointer; } summary:hover { background: var(--raised); }
.title { flex: 1; } .title code, h3 code { color: var(--soft); font-weight: normal; }
:focus-visible { outline: 3px solid #4c8bf5; outline-offset: 2px; } .scroll :focus-visible { outline-offset: -3px; }
.body { padding: 0 .25rem 1rem 1rem; border-left: 3px solid var(--line); margin: 0 0 1rem .3rem; } .body p { margin: .4rem 0; }
.target { margin: -.5rem 0 .75rem; color: var(--soft); }
.advice { margin: .4rem 0; } .advice > div { display: flex; flex-wrap: wrap; gap: 0 .6rem; margin: .2rem 0; } .advice dt { min-width: 6.5rem; color: var(--soft); font-size: .85rem; line-height: 1.65; } .advice dd { flex: 1 1 18rem; }
.cause { margin: 0 0 1rem; padding: .6rem .9rem; border-left: 4px solid var(--fail); background: var(--raised); border-radius: .3rem; } .cause p { margin: .3rem 0; }
.passed { margin: .6rem 0; padding: 0; list-style: none; } .passed li { padding-left: 1.2rem; text-indent: -1.2rem; } .passed li::before { content: "\\2713\\00a0\\00a0" / "pass: "; color: var(--pass); }
.requirement > summary::before, .finding > summary::before { content: "\\25b8" / ""; width: .8rem; color: var(--soft); } .requirement[open] > summary::before, .finding[open] > summary::before { content: "\\25be" / ""; }
.source p { margin: .4rem 0; } blockquote { margin: .4rem 0 1rem; padding: .3rem .9rem; border-left: 3px solid var(--soft); color: var(--soft); font-style: italic; }
.check { margin: .8rem 0; padding: .7rem .8rem; background: var(--raised); border-radius: .4rem; } .check summary { cursor: pointer; margin: .3rem 0; }
.details { margin: 1rem 0 1.6rem; } .skipped { padding: 0; list-style: none; } :target { outline: 2px solid var(--link); outline-offset: 3px; }
.compared { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: .5rem 1.5rem; margin: .4rem 0; }
pre { margin: .3rem 0; padding: .6rem .7rem; background: var(--ground); border: 1px solid var(--line); border-radius: .3rem; white-space: pre-wrap; }
.wire { padding-left: 1.4rem; } .wire li { margin-bottom: .9rem; } .came { border-left: 4px solid var(--soft); }
.visually-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.scroll { position: relative; }
@media (max-width: 40rem) { .comparison th:first-child { min-width: 10rem; width: 10rem; max-width: 10rem; font-size: .85rem; } .comparison .level-heading { min-width: 3.2rem; max-width: 4.6rem; font-size: .7rem; overflow-wrap: anywhere; } .comparison thead th { padding: .3rem .2rem; } .comparison th:first-child { min-width: 8.5rem; width: 8.5rem; } .long { display: none; }
  th, td { padding: .3rem .4rem; } .requirement > summary, .index li { flex-wrap: wrap; gap: 0 .4rem; } .title { flex: 1 1 100%; }
  .filter { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); } .filter label { min-width: 0; } .filter > :not(label), .filter .text { grid-column: 1 / -1; } .filter .check-box { font-size: .85rem; } }
@media print { :root { color-scheme: light; --ground: #fff; --ink: #000; --soft: #4a4f55; --line: #c5cad0; --raised: #f5f7f9; --link: #0b57a4;
    --pass: #11632f; --fail: #b3172a; --warn: #7a4d00; --error: #7a2b9c; --skip: #57606a; --fail-ground: #fdecee; --warn-ground: #fff4dd; --error-ground: #f8ebfd; }
  html { font-size: 8.5pt; } body { max-width: none; padding: 0; } .filter, .copy, .skip-link, .body > p:last-child { display: none !important; }
  .scroll { overflow: visible; max-height: none; border: 0; } .comparison th { position: static !important; } .comparison th:first-child { min-width: 0; width: auto; }
  /* On paper what passed or was skipped is a line, and what needs attention is open, with one block of shell lines for each cause: the exchanges of all would be a thousand pages. */
  .attention::details-content, .finding::details-content, .check > .reproduce::details-content { content-visibility: visible; block-size: auto; }
  .check > details:not(.reproduce), .check ~ .check .reproduce, .requirement:not(.exemplary) .reproduce { display: none; } summary::before { display: none; }
  .check { margin: .3rem 0; padding: .3rem .5rem; } .check pre { font-size: 6.5pt; line-height: 1.25; padding: .2rem .4rem; } .check > .reproduce > summary, .passed { display: none; }
  summary { list-style: none; } .body > p:last-child { display: none; }
  h2, h3, summary { break-after: avoid; } .requirement > summary { padding: .05rem 0; line-height: 1.3; } h2 { margin: .8rem 0 .2rem; } .matrix td, .matrix th { padding: .1rem .4rem; } .matrix td a { min-height: 0; } tr, .compared { break-inside: avoid; } }
`;

/** For every page: shell lines are copied, requirements are searched and filtered, the address holds the filters. */
const common = `
const form = document.querySelector('.filter');
const said = document.getElementById('said');
for (const button of document.querySelectorAll('.copy')) button.hidden = false;
document.addEventListener('click', async (event) => {
  const button = event.target.closest('.copy');
  if (button === null) return;
  const lines = button.parentElement.querySelector('pre');
  said.textContent = '';
  try {
    await navigator.clipboard.writeText(lines.textContent);
    said.textContent = button.textContent = 'Copied';
    setTimeout(() => (button.textContent = 'Copy the shell lines'), 3000);
  } catch {
    getSelection().selectAllChildren(lines);
    said.textContent = button.textContent = 'Selected: copy it with Ctrl+C';
  }
});
form.hidden = false;
form.addEventListener('submit', (event) => event.preventDefault());

/** Requirements, be they the parts of a report or the rows of a comparison. */
const all = [...document.querySelectorAll('.requirement')];
const texts = new Map(all.map((one) => [one, [...one.querySelectorAll('summary .title, .source, h3, .passed, .compared, th')].map((part) => part.textContent).join(' ').toLowerCase()]));
const details = new Map([...document.querySelectorAll('.details')].map((one) => [one.dataset.id, one]));
/** Shows the requirements that have all the words and are as the filters want them. */
function show() {
  const { text, ...wanted } = Object.fromEntries(new FormData(form));
  const words = text.toLowerCase().split(' ').filter((word) => word !== '');
  let shown = 0;
  for (const one of all) {
    one.hidden = !words.every((word) => texts.get(one).includes(word)) || !Object.entries(wanted).every(([name, value]) => value === '' || sharesWord(value, one.dataset[name]));
    if (details.has(one.dataset.id)) details.get(one.dataset.id).hidden = one.hidden;
    if (!one.hidden) shown += 1;
  }
  for (const chapter of document.querySelectorAll('.chapter')) chapter.hidden = chapter.querySelector('.requirement:not([hidden])') === null;
  document.querySelector('.count').textContent = shown + ' of ' + all.length + ' requirements';
}
function sharesWord(some, others) {
  return some.split(' ').some((word) => others.split(' ').includes(word));
}

/** Sets search and filters. What a filter does not know counts as not set. */
function setFilters(state) {
  for (const field of form.elements) {
    if (field.name === '' || field.type === 'button') continue;
    const value = state.get(field.name) ?? '';
    if (field.type === 'checkbox') field.checked = value === field.value;
    else field.value = value;
    if (field.selectedIndex === -1) field.value = '';
  }
  show();
}
/** The page's address holds the filters, as #text=logout&verdict=fail, or the place to go to. */
function readAddress() {
  const fragment = location.hash.slice(1);
  if (fragment === '' || fragment.includes('=')) setFilters(new URLSearchParams(fragment));
  else goTo(fragment);
}
function goTo(fragment) {
  let place = null;
  try {
    place = document.getElementById(decodeURIComponent(fragment));
  } catch {
    // No place has a name that cannot be decoded.
  }
  if (place === null) return;
  if (place.closest('[hidden]') !== null) setFilters(new URLSearchParams());
  for (let one = place; one !== null; one = one.parentElement) if (one.tagName === 'DETAILS') one.open = true;
  place.scrollIntoView();
}
function writeAddress() {
  const state = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (value.trim() !== '') state.set(name, value.trim());
  history.replaceState(null, '', location.href.split('#')[0] + (state.size === 0 ? '' : '#' + state));
}
form.addEventListener('input', () => { writeAddress(); show(); });
form.addEventListener('reset', () => setTimeout(() => { writeAddress(); show(); }));
addEventListener('popstate', readAddress);
`;

/** The script of the report: search, filters, and links that hold them. The page is complete without it. */
export const reportScript = `${common}
form.elements.open.addEventListener('click', () => { for (const one of all) if (!one.hidden) one.open = true; });
form.elements.evidence.addEventListener('click', () => {
  for (const one of all) if (!one.hidden) for (const part of [one, ...one.querySelectorAll('details')]) part.open = true;
});
form.elements.close.addEventListener('click', () => { for (const one of all) one.open = false; });
for (const link of document.querySelectorAll('.matrix a')) {
  link.hash = new URLSearchParams({ type: link.dataset.type, topic: link.dataset.topic });
  link.addEventListener('click', (event) => {
    event.preventDefault();
    history.pushState(null, '', link.hash);
    readAddress();
    document.getElementById('requirements').focus();
    form.scrollIntoView();
  });
}
show();
readAddress();
`;

/** The script of the comparison: search and filters. The page is complete without it. */
export const comparisonScript = `${common}
show();
readAddress();
`;

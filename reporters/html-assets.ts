/** The style of the HTML report. */
export const style = `
:root { color-scheme: light dark; --ground: #fff; --ink: #1b1f24; --soft: #57606a; --line: #d5dae0; --raised: #f5f7f9;
  --pass: #11632f; --fail: #b3172a; --warn: #7a4d00; --error: #7a2b9c; --skip: #57606a; }
@media (prefers-color-scheme: dark) { :root { --ground: #14171b; --ink: #e6e9ec; --soft: #a3acb6; --line: #343a42; --raised: #1d2127;
  --pass: #6bd08c; --fail: #ff8a93; --warn: #f0bd62; --error: #d6a0f0; --skip: #a3acb6; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem 1rem 4rem; max-width: 62rem; background: var(--ground); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { margin: 0 0 .75rem; font-size: 1.6rem; line-height: 1.2; } h2 { margin: 2.2rem 0 .6rem; font-size: 1.2rem; }
h4 { margin: 0 0 .3rem; font-size: 1rem; font-weight: 600; }
small, .kicker { color: var(--soft); } .kicker { margin: 0; }
code, pre { font: .85em/1.45 ui-monospace, monospace; }
.outcome { margin: 0 0 1rem; padding: .8rem 1rem; border: 2px solid; border-radius: .4rem; }
.outcome strong { display: block; font-size: 1.5rem; letter-spacing: .03em; } .outcome span { color: var(--ink); }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: .6rem 1.5rem; margin: 0; }
.facts dt, .compared dt { color: var(--soft); font-size: .85rem; } dd { margin: 0; } .missing { display: block; }
.tiles { display: flex; flex-wrap: wrap; gap: .6rem; margin: 1.5rem 0; padding: 0; list-style: none; }
.tiles li { flex: 1 1 6rem; padding: .5rem .8rem; border: 1px solid var(--line); border-radius: .4rem; }
.tiles b { display: block; font-size: 1.5rem; line-height: 1.2; } .tiles .none { color: var(--soft); }
.pass { color: var(--pass); } .fail { color: var(--fail); } .warn { color: var(--warn); } .error { color: var(--error); } .skip { color: var(--skip); }
.leftover { padding: .6rem .8rem; border-left: 4px solid var(--warn); background: var(--raised); }
.filter { display: flex; flex-wrap: wrap; gap: .6rem 1.2rem; align-items: center; } .filter[hidden] { display: none; }
input, select { font: inherit; padding: .25rem .4rem; max-width: 100%; color: inherit; background: var(--ground); border: 1px solid var(--soft); border-radius: .3rem; }
.badge { display: inline-block; min-width: 4.2rem; font-weight: 600; white-space: nowrap; }
.requirement { border-top: 1px solid var(--line); } .requirement[hidden] { display: none; } .chapter:last-child { border-bottom: 1px solid var(--line); }
.requirement > summary { display: flex; gap: .6rem; padding: .5rem .25rem; cursor: pointer; } .requirement > summary:hover { background: var(--raised); }
.title { flex: 1; } .title code { color: var(--soft); }
:focus-visible { outline: 3px solid #4c8bf5; outline-offset: 2px; }
.body { padding: 0 .25rem 1rem 1rem; border-left: 3px solid var(--line); margin: 0 0 1rem .3rem; } .body p { margin: .4rem 0; }
blockquote { margin: .4rem 0 1rem; padding: .3rem .9rem; border-left: 3px solid var(--soft); color: var(--soft); font-style: italic; }
.check { margin: .8rem 0; padding: .7rem .8rem; background: var(--raised); border-radius: .4rem; } .check summary { cursor: pointer; margin: .3rem 0; }
.compared { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: .5rem 1.5rem; margin: .4rem 0; }
pre { margin: .3rem 0; padding: .6rem .7rem; overflow-x: auto; background: var(--ground); border: 1px solid var(--line); border-radius: .3rem; white-space: pre-wrap; }
.wire { padding-left: 1.4rem; } .wire li { margin-bottom: .9rem; } .came { border-left: 4px solid var(--soft); }
.visually-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
@media print { :root { color-scheme: light; } .filter { display: none; } body { max-width: none; font-size: 10pt; } .requirement { break-inside: avoid-page; } }
`;

/** The script of the HTML report: search and filter. The page is complete without it. */
export const script = `
const form = document.querySelector('.filter');
const all = [...document.querySelectorAll('.requirement')];
function show() {
  const text = form.elements.text.value.trim().toLowerCase();
  const verdict = form.elements.verdict.value;
  let shown = 0;
  for (const one of all) {
    one.hidden = !one.dataset.text.includes(text) || (verdict !== '' && one.dataset.verdict !== verdict);
    if (!one.hidden) shown += 1;
  }
  for (const chapter of document.querySelectorAll('.chapter')) chapter.hidden = !chapter.querySelector('.requirement:not([hidden])');
  form.querySelector('output').textContent = shown + ' of ' + all.length + ' requirements';
}
form.hidden = false;
form.addEventListener('input', show);
form.addEventListener('submit', (event) => event.preventDefault());
show();
`;

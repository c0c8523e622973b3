/** The style of the studio page. */
export const style = `
:root { color-scheme: light dark; --ground: #fff; --ink: #1b1f24; --soft: #57606a; --line: #d5dae0; --raised: #f5f7f9; --edge: #7a838d;
  --main: #4b31c4; --on-main: #fff; --good: #11632f; --bad: #b3172a; --notice: #7a4d00; --focus: #2f6fe4; }
@media (prefers-color-scheme: dark) { :root { --ground: #14171b; --ink: #e6e9ec; --soft: #a3acb6; --line: #343a42; --raised: #1d2127;
  --edge: #7d8792; --main: #a99bff; --on-main: #14171b; --good: #6bd08c; --bad: #ff8a93; --notice: #f0bd62; --focus: #7fb0ff; } }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0 auto; padding: 1rem 1rem 4rem; max-width: 80rem; background: var(--ground); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { margin: 0; font-size: 1.4rem; line-height: 1.25; }
#sign-in h1 { margin-bottom: .6rem; }
h2 { margin: 0 0 .6rem; font-size: 1.15rem; line-height: 1.3; }
p { margin: .5rem 0; }
a { color: var(--main); }
code { font: .9em/1.45 ui-monospace, monospace; }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
h2:focus, main:focus { outline: none; }
.skip { position: absolute; left: -100vw; padding: .5rem 1rem; background: var(--ground); } .skip:focus { left: .5rem; top: .5rem; z-index: 1; }
.kicker, .soft, .hint, dt { color: var(--soft); font-size: .875rem; } .kicker { margin: 0; }

header { display: flex; flex-wrap: wrap; gap: .5rem 2rem; align-items: end; justify-content: space-between;
  margin-bottom: 1.25rem; padding-bottom: .9rem; border-bottom: 1px solid var(--line); }
#account { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; margin: 0; }
#problem:not(:empty) { margin: 0 0 1rem; padding: .6rem .9rem; border-left: 4px solid var(--bad); background: var(--raised); }
section > :last-child, form > :last-child { margin-bottom: 0; }
section { padding: 1rem; border: 1px solid var(--line); border-radius: .6rem; }
#sign-in { max-width: 24rem; margin: 2rem auto; }
#studio { display: grid; gap: 1rem; grid-template-columns: minmax(0, 1fr); align-items: start; }
@media (min-width: 60rem) {
  #studio { grid-template-columns: minmax(0, 5fr) minmax(0, 7fr); }
  #clock, #roles, #outbox, #sessions, #events, #users[hidden] + #user { grid-column: 1 / -1; }
}

label { display: block; margin: .6rem 0 .2rem; font-weight: 600; }
input, select { display: block; width: 100%; padding: .5rem .6rem; font: inherit; color: inherit; background: var(--ground);
  border: 1px solid var(--edge); border-radius: .4rem; }
input::placeholder { color: var(--soft); opacity: 1; }
#token { font-family: ui-monospace, monospace; }
button { min-height: 2.4rem; padding: .35rem .9rem; font: inherit; color: inherit; background: var(--raised); border: 1px solid var(--edge);
  border-radius: .4rem; cursor: pointer; }
button:hover:enabled { border-color: var(--ink); }
button:disabled { cursor: default; color: var(--soft); border-color: var(--line); background: none; }
button.main:enabled { color: var(--on-main); background: var(--main); border-color: var(--main); }
#sign-in button { margin-top: 1rem; width: 100%; }
.buttons { display: flex; flex-wrap: wrap; gap: .5rem; margin: .75rem 0 .5rem; }
#done:empty { display: none; }
#notice:not(:empty) { margin-top: .6rem; padding: .6rem .9rem; border-left: 4px solid var(--notice); background: var(--raised); }

#created:empty, #edit-done:empty, #role-done:empty { display: none; }
.filter { display: flex; flex-wrap: wrap; gap: 0 1rem; margin-bottom: .75rem; } .filter div { flex: 1 1 10rem; }
.facts { display: flex; flex-wrap: wrap; gap: .5rem 2rem; margin: 0 0 .5rem; } .facts div { min-width: 7rem; } dd { margin: 0; }
.rows, #event-list { margin: 0; padding: 0; list-style: none; }
.rows { max-height: 24rem; overflow-y: auto; }
.rows li { display: flex; flex-wrap: wrap; gap: .2rem .75rem; align-items: center; padding: .45rem .25rem; border-top: 1px solid var(--line); }
.rows li > button { margin-left: auto; min-height: 2rem; padding-block: .1rem; }
.rows a[aria-current] { font-weight: 600; color: var(--ink); text-decoration: none; }
.badge { padding: 0 .5rem; font-size: .875rem; border: 1px solid var(--edge); border-radius: 1rem; }
#event-log { max-height: 32rem; overflow-y: auto; }
#event-list li { display: flex; flex-wrap: wrap; gap: 0 .75rem; align-items: baseline; padding: .45rem .25rem; border-top: 1px solid var(--line); }
#event-list .what { flex-basis: 100%; } #event-list time { color: var(--soft); font-size: .875rem; }
.good { color: var(--good); } .bad { color: var(--bad); }
@media (min-width: 60rem) {
  #event-list { display: grid; grid-template-columns: repeat(2, fit-content(18rem)) minmax(0, 1fr) repeat(2, fit-content(18rem)); column-gap: 1.25rem; }
  #event-list li { display: grid; grid-column: 1 / -1; grid-template-columns: subgrid; }
}
`;

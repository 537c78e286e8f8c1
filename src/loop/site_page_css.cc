// SPDX-License-Identifier: Apache-2.0
//
// The look of the page: tokens of the product, light and dark.
#include "loop/site_page.h"

namespace skerry::loop {

std::string_view site_page_css() {
  return R"css(:root {
  color-scheme: light dark;
  --bg: light-dark(#f6f7f8, #0c1115); --surface: light-dark(#ffffff, #151d24); --sunken: light-dark(#eef1f3, #1a232a);
  --line: light-dark(#dfe4e8, #27323a); --line-2: light-dark(#c2cad1, #3c4953); --line-3: light-dark(#87929c, #6b7983);
  --ink: light-dark(#12181d, #e9eef2); --ink-2: light-dark(#414c56, #b4c0ca); --ink-3: light-dark(#5c6873, #8b99a5);
  --accent: light-dark(#0a5a86, #74bce6); --accent-ink: light-dark(#ffffff, #0c1115);
  --ok: light-dark(#17704a, #5cc795); --warn: light-dark(#8a5200, #e6b052); --warn-soft: light-dark(#fbf0dc, #33260d);
  --bad: light-dark(#b02a20, #f6918a); --bad-soft: light-dark(#fbe9e7, #3a1916); --stale: light-dark(#5c6873, #93a1ad);
  --c1: light-dark(#0b6aa2, #5fb0e5); --band: light-dark(rgb(11 106 162 / .16), rgb(95 176 229 / .22));
  --sans: -apple-system, "Segoe UI Variable Text", "Segoe UI", Inter, system-ui, Roboto, "Noto Sans", "Liberation Sans", Arial, sans-serif;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", "Roboto Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace;
}
*, *::before, *::after { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0; background: var(--bg); color: var(--ink); font: 400 14px/20px var(--sans); font-variant-numeric: tabular-nums; }
h1, h2, p, dl, dd, table { margin: 0; padding: 0; }
h1 { font-size: 26px; line-height: 34px; font-weight: 600; letter-spacing: -.018em; }
h2 { font-size: 16px; line-height: 24px; font-weight: 600; }
code { font-family: var(--mono); font-size: .92em; }
b { font-weight: 600; }
.dim { color: var(--ink-3); } .sub { color: var(--ink-2); } .s { font-size: 12px; line-height: 16px; }
.vh { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
.skip { position: absolute; left: 12px; top: -48px; padding: 8px 12px; background: var(--surface); } .skip:focus { top: 8px; }

.top { background: var(--surface); border-bottom: 1px solid var(--line); }
.top > div, main { max-width: 1112px; margin: auto; padding: 0 24px; }
.top > div { display: flex; align-items: center; gap: 28px; height: 52px; }
.brand { display: flex; align-items: center; gap: 9px; color: var(--ink); text-decoration: none; font-weight: 650; font-size: 15px; }
.brand svg { width: 24px; height: 24px; fill: var(--accent); } .brand .wave { fill: none; stroke: var(--accent); stroke-width: 1.5; stroke-linecap: round; }
.live { margin-left: auto; display: flex; gap: 14px; font-size: 12px; color: var(--ink-2); white-space: nowrap; }
.st { display: inline-flex; align-items: center; gap: 5px; font-weight: 500; }
.st svg, .note svg, .f svg { width: 14px; height: 14px; flex: none; fill: none; stroke: currentColor; stroke-width: 1.4; stroke-linecap: round; stroke-linejoin: round; vertical-align: -2px; }
.ok { color: var(--ok); } .warn { color: var(--warn); } .bad { color: var(--bad); } .stale { color: var(--stale); }

main { padding-top: 28px; padding-bottom: 56px; }
.lead { color: var(--ink-2); margin-top: 6px; }
.card { background: var(--surface); border: 1px solid var(--line); border-radius: 10px; box-shadow: 0 1px 2px light-dark(rgb(18 24 29 / .05), rgb(0 0 0 / .3)); }
.pad { padding: 16px 18px; } .narrow { max-width: 560px; margin-top: 20px; }
.two { display: grid; grid-template-columns: minmax(0, 1fr) 436px; gap: 16px; margin-top: 20px; align-items: start; }
.res { display: grid; gap: 12px; }
.tabs { display: flex; gap: 18px; border-bottom: 1px solid var(--line); margin: -4px 0 16px; }
.tabs button { padding: 6px 0 8px; font: 400 13px/20px var(--sans); color: var(--ink-2); background: none; border: 0; border-bottom: 2px solid transparent; margin-bottom: -1px; cursor: pointer; }
.tabs [aria-selected="true"] { color: var(--ink); font-weight: 600; border-color: var(--accent); }
.ids { display: grid; grid-template-columns: 1.1fr 1.5fr .6fr; gap: 12px; } .fs { display: grid; grid-template-columns: repeat(3, 1fr); gap: 12px; }
#model-choice { margin-bottom: 12px; }
label { font-size: 12px; font-weight: 500; color: var(--ink-2); }
.f label { display: flex; gap: 5px; align-items: baseline; margin-bottom: 3px; white-space: nowrap; overflow: hidden; } .f label b { color: var(--ink); overflow: hidden; text-overflow: ellipsis; }
.u { margin-left: auto; font-weight: 400; color: var(--ink-3); }
.f p { margin-top: 3px; min-height: 16px; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
input, textarea, select { font: inherit; font-size: 13px; color: var(--ink); background: var(--surface); border: 1px solid var(--line-3); border-radius: 6px; padding: 5px 9px; min-height: 32px; width: 100%; }
textarea { font-family: var(--mono); margin-top: 6px; } ::placeholder { color: var(--ink-3); opacity: 1; }
.fs input { text-align: right; } .f.out input { border-color: var(--warn); box-shadow: inset 0 0 0 1px var(--warn); } .f.out p { color: var(--warn); }
fieldset { border: 0; padding: 0; margin: 18px 0 0; min-width: 0; } legend { padding: 0; font-weight: 600; margin-bottom: 8px; } legend .dim { font-weight: 400; margin-left: 6px; }
.go { display: flex; gap: 8px; align-items: center; margin-top: 18px; padding-top: 16px; border-top: 1px solid var(--line); } .go span { margin-left: auto; text-align: right; }
.row { display: flex; gap: 8px; align-items: flex-end; margin-top: 12px; } .grow { flex: 1; }
.btn { display: inline-flex; align-items: center; justify-content: center; height: 32px; padding: 0 12px; border-radius: 6px; border: 1px solid var(--line-2); background: var(--surface); color: var(--ink); font: 500 13px/1 var(--sans); cursor: pointer; white-space: nowrap; }
.btn:hover { border-color: var(--line-3); } .btn.primary { background: var(--accent); border-color: var(--accent); color: var(--accent-ink); } .btn[disabled] { color: var(--ink-3); background: var(--sunken); border-color: var(--line); }
.ans { font-size: 44px; line-height: 50px; font-weight: 600; letter-spacing: -.03em; } .unit { font-size: 20px; font-weight: 400; color: var(--ink-2); letter-spacing: -.01em; }
.chart { display: block; width: 100%; } .chart text { font: 400 11px var(--sans); fill: var(--ink-3); } .chart text.strong { fill: var(--ink); font-weight: 600; }
.trk { fill: var(--sunken); stroke: var(--line-2); } .ivl { fill: color-mix(in srgb, var(--c1) 45%, var(--surface)); } .pt { fill: var(--c1); stroke: var(--surface); stroke-width: 2.5; }
.ax { stroke: var(--line-3); fill: none; } .ln { stroke: var(--c1); stroke-width: 1.8; fill: none; } .bnd { fill: var(--band); }
.note { padding: 8px 10px; border-radius: 6px; margin-top: 8px; background: var(--warn-soft); overflow-wrap: anywhere; } .note.bad { background: var(--bad-soft); }
.rec { padding: 0 4px; }
.drop { border: 1.5px dashed var(--line-3); border-radius: 8px; padding: 32px 16px; text-align: center; display: grid; gap: 10px; justify-items: center; } .drop.over { border-color: var(--accent); background: var(--sunken); }
progress { width: 100%; margin-top: 16px; accent-color: var(--accent); }
.tw { overflow-x: auto; margin-top: 10px; } table { border-collapse: collapse; width: 100%; font-size: 13px; } th, td { padding: 7px 10px; text-align: left; border-bottom: 1px solid var(--line); } th { font-size: 12px; font-weight: 500; color: var(--ink-3); } .n { text-align: right; }
.strip { margin-top: 16px; padding: 12px 18px; } .strip dl { display: flex; justify-content: space-between; gap: 12px 24px; flex-wrap: wrap; } .strip dt { font-size: 12px; line-height: 16px; color: var(--ink-3); } .strip dd { font-size: 13px; font-weight: 600; }
.foot { margin-top: 12px; overflow-wrap: anywhere; }
@media (max-width: 940px) { .two { grid-template-columns: minmax(0, 1fr); } }
@media (max-width: 640px) {
  .top > div, main { padding-left: 16px; padding-right: 16px; } .fs, .ids { grid-template-columns: 1fr 1fr; } .go { flex-wrap: wrap; } .go span { margin-left: 0; text-align: left; }
  .strip dl { display: grid; grid-template-columns: 1fr 1fr; }
}
@media (prefers-reduced-motion: reduce) { * { transition: none !important; animation: none !important; } }
)css";
}

}  // namespace skerry::loop

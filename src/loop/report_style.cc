// SPDX-License-Identifier: Apache-2.0
#include "loop/report_style.h"

namespace skerry::loop {

std::string_view report_style() {
  return R"css(
:root{color-scheme:light dark;
--bg:light-dark(#f6f7f8,#0c1115);--surface:light-dark(#fff,#151d24);--sunken:light-dark(#eef1f3,#1a232a);
--line:light-dark(#dfe4e8,#27323a);--line-3:light-dark(#87929c,#6b7983);
--ink:light-dark(#12181d,#e9eef2);--ink-2:light-dark(#414c56,#b4c0ca);--ink-3:light-dark(#5c6873,#8b99a5);
--ok:light-dark(#17704a,#5cc795);--ok-soft:light-dark(#e5f3ec,#12301f);
--bad:light-dark(#b02a20,#f6918a);--bad-soft:light-dark(#fbe9e7,#3a1916);
--warn:light-dark(#8a5200,#e6b052);--warn-soft:light-dark(#fbf0dc,#33260d);
--c1:light-dark(#0b6aa2,#5fb0e5);--c2:light-dark(#b04d0c,#f0995a);
--band:light-dark(rgb(11 106 162/.13),rgb(95 176 229/.18));
--sans:-apple-system,"Segoe UI Variable Text","Segoe UI",Inter,system-ui,Roboto,"Noto Sans","Liberation Sans",Arial,sans-serif;
--mono:ui-monospace,"SF Mono","Cascadia Mono","Roboto Mono","DejaVu Sans Mono",Menlo,Consolas,monospace}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:400 14px/20px var(--sans);font-variant-numeric:tabular-nums}
h1,h2,p,dl,dd,figure,table,pre,ul{margin:0;padding:0}
h1{font-size:26px;line-height:34px;font-weight:600;letter-spacing:-.018em}
h1 span{font-weight:400;color:var(--ink-3)}
h2{font-size:16px;line-height:24px;font-weight:600;letter-spacing:-.008em}
code,pre{font-family:var(--mono);font-size:12px}
main{max-width:1264px;margin:auto;padding:28px 24px 56px}
.crumb{font-size:12px;color:var(--ink-3);margin-bottom:6px}
.lead{color:var(--ink-2);margin-top:6px;max-width:100ch}
.notice{margin-top:10px;color:var(--ink-2);font-size:13px;border-left:3px solid var(--line-3);padding-left:12px;max-width:110ch}
.tags{display:flex;flex-wrap:wrap;gap:6px;margin-top:10px}
.badge{display:inline-flex;align-items:center;height:22px;padding:0 9px;border-radius:11px;font-size:12px;font-weight:500;background:var(--sunken);color:var(--ink-2)}
.badge.ok{background:var(--ok-soft);color:var(--ok)}.badge.bad{background:var(--bad-soft);color:var(--bad)}
section{margin-top:24px}
.card{background:var(--surface);border:1px solid var(--line);border-radius:10px;box-shadow:0 1px 2px light-dark(rgb(18 24 29/.05),rgb(0 0 0/.3))}
.pad{padding:16px 18px}
.grid{display:grid;gap:16px}.grid>*{min-width:0}
.cards{grid-template-columns:repeat(auto-fit,minmax(190px,1fr));gap:12px}
.two{grid-template-columns:1fr 1fr}
.fig{font-size:26px;line-height:34px;font-weight:600;letter-spacing:-.015em}
.s{font-size:12px;line-height:16px}.dim{color:var(--ink-3)}.sub{color:var(--ink-2)}.ok{color:var(--ok)}.bad{color:var(--bad)}.warn{color:var(--warn)}
figcaption{display:flex;flex-wrap:wrap;align-items:baseline;gap:2px 10px;margin-bottom:10px}
figcaption .now{margin-left:auto;font-size:12px;color:var(--ink-2)}
.chart{display:block;width:100%;height:auto;overflow:visible}
.chart text{font:11px var(--sans);fill:var(--ink-3);font-variant-numeric:tabular-nums}
.chart .lab{fill:var(--ink-2)}.chart .strong{fill:var(--ink);font-weight:600}.chart .c1{fill:var(--c1)}.chart .c2{fill:var(--c2)}
.gl{stroke:var(--line);fill:none}.ax{stroke:var(--line-3);fill:none}
.l{fill:none;stroke-width:1.6;stroke-linejoin:round;stroke-linecap:round}.l1{stroke:var(--c1)}.l2{stroke:var(--c2);stroke-dasharray:6 3}
.chart .halo{paint-order:stroke;stroke:var(--surface);stroke-width:4px;stroke-linejoin:round}
.bound{stroke:var(--ink-2);stroke-width:1;stroke-dasharray:3 3;fill:none}
.fb{fill:var(--band)}.dot{fill:var(--c1);fill-opacity:.75}.bar{fill:var(--c1)}
.key{display:flex;flex-wrap:wrap;gap:4px 16px;margin-top:8px;font-size:12px;color:var(--ink-2)}.key span{display:inline-flex;gap:6px;align-items:center}
.tw{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:13px}
th,td{padding:8px 12px;text-align:left;border-bottom:1px solid var(--line);vertical-align:top}
th:first-child,td:first-child{padding-left:18px}th:last-child,td:last-child{padding-right:18px}
thead th{font-size:12px;font-weight:500;color:var(--ink-3);white-space:nowrap}tbody th{font-weight:600}
tbody tr:last-child>*{border-bottom:0}
.n{text-align:right;white-space:nowrap}
.facts th{font-weight:400;color:var(--ink-3);white-space:nowrap;width:1%}.facts td{overflow-wrap:anywhere}
h2.over{margin-bottom:10px}
details summary{cursor:pointer;color:var(--ink-2);font-size:13px}
pre{margin-top:12px;overflow-x:auto;line-height:18px;color:var(--ink-2)}
ul{padding-left:18px}
@media (max-width:900px){.two{grid-template-columns:minmax(0,1fr)}}
@media (max-width:640px){main{padding:20px 16px 40px}h1{font-size:21px;line-height:28px}figcaption .now{margin-left:0}}
@media print{body{background:none}.card{box-shadow:none;break-inside:avoid}}
)css";
}

}  // namespace skerry::loop

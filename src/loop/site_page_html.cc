// SPDX-License-Identifier: Apache-2.0
//
// The page's structure; every text that changes is filled in by site.js.
#include "loop/site_page.h"

namespace skerry::loop {

std::string_view site_page_html() {
  return R"html(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Skerry site</title>
<link rel="icon" href="/site.svg" type="image/svg+xml">
<link rel="stylesheet" href="/site.css">
<script src="/site.js" defer></script>
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<svg class="vh" aria-hidden="true"><defs>
<symbol id="g-ok" viewBox="0 0 16 16"><circle cx="8" cy="8" r="6.3"/><path d="M5.2 8.2l2 2 3.7-4.3"/></symbol>
<symbol id="g-warn" viewBox="0 0 16 16"><path d="M8 2.2l6.3 11.2H1.7z"/><path d="M8 6.4v3.4M8 11.6v.2"/></symbol>
<symbol id="g-stale" viewBox="0 0 16 16"><circle cx="8" cy="8" r="6.3"/><path d="M8 4.6V8l2.4 1.6"/></symbol>
</defs></svg>
<header class="top"><div>
<a class="brand" href="/"><svg viewBox="0 0 24 24" aria-hidden="true"><path d="M3.6 15 9.4 5.4l3.5 5.3 2.2-2.8L20.4 15z"/><path class="wave" d="M2 19.2c1.7 0 1.7-1.3 3.3-1.3s1.7 1.3 3.4 1.3 1.6-1.3 3.3-1.3 1.7 1.3 3.3 1.3 1.7-1.3 3.4-1.3 1.6 1.3 3.3 1.3"/></svg><span id="site">site</span></a>
<p class="live"><span id="health" class="st stale">connecting</span><span id="answers"></span></p>
</div></header>
<main id="main">
<h1>Score one observation</h1>
<p class="lead" id="lead">This page is served by the site and works without the hub.</p>

<form id="login" class="card pad narrow" hidden>
<h2>Token</h2>
<p class="sub s">The site answers to who holds a token. <code>skerry token --role client</code> prints one. It stays in this tab only.</p>
<div class="row"><div class="f grow"><label for="token">Token</label><input id="token" type="password" autocomplete="off" required></div><button class="btn primary">Use token</button></div>
<p id="login-error" class="note bad s" role="alert" hidden></p>
</form>

<div id="empty" class="card pad narrow" hidden>
<h2>No model answers here yet</h2>
<p class="sub">A form appears when a model is in service. <code>skerry rollout start NAME:TAG --ring RING</code> brings one.</p>
</div>

<div id="work" class="two" hidden>
<div class="card pad">
<div class="tabs" role="tablist" aria-label="Input">
<button role="tab" id="tab-form" aria-controls="pane-form" aria-selected="true">Form</button>
<button role="tab" id="tab-paste" aria-controls="pane-paste" aria-selected="false" tabindex="-1">Paste a row</button>
<button role="tab" id="tab-csv" aria-controls="pane-csv" aria-selected="false" tabindex="-1">Drop a CSV</button>
</div>
<form id="pane-form" role="tabpanel" aria-labelledby="tab-form">
<div class="f" id="model-choice" hidden><label for="model"><b>model</b></label><select id="model"></select></div>
<div class="ids">
<div class="f"><label for="asset"><b>asset</b></label><input id="asset" required maxlength="128" placeholder="engine-17"><p class="s dim">which machine this is</p></div>
<div class="f"><label for="time"><b>time</b><span class="u">UTC</span></label><input id="time" placeholder="2026-11-18T14:31:40Z"><p class="s dim">empty means now</p></div>
<div class="f"><label for="life"><b>life</b></label><input id="life" inputmode="numeric" value="1"><p class="s dim">add 1 after a repair</p></div>
</div>
<fieldset><legend>Sensors <span class="dim s" id="sensor-count"></span></legend><div id="sensors" class="fs"></div></fieldset>
<div class="go"><button class="btn primary" id="score">Score</button><button class="btn" type="reset">Clear</button><span class="s dim">Each score is one observation of the asset: its windows move on.</span></div>
</form>
<div id="pane-paste" role="tabpanel" aria-labelledby="tab-paste" hidden>
<label for="row">A JSON object, <code>name=value</code> pairs, or a CSV header and a row</label>
<textarea id="row" rows="8" spellcheck="false"></textarea>
<div class="go"><button class="btn primary" id="take-row">Put into the form</button><span id="row-note" class="s dim" role="status"></span></div>
</div>
<div id="pane-csv" role="tabpanel" aria-labelledby="tab-csv" hidden>
<div id="drop" class="drop"><p><b>Drop a CSV here</b></p><p class="s dim">Columns: asset, optional source, time, life, id, and one for each sensor. Rows of an asset in their order.</p>
<label class="btn" for="file">Choose a file</label><input id="file" class="vh" type="file" accept=".csv,text/csv"></div>
<div id="csv-run" hidden><progress id="csv-bar" max="1" value="0" aria-label="Rows scored"></progress><p id="csv-note" class="s sub" role="status"></p>
<div class="tw"><table><thead><tr><th>asset</th><th class="n">row</th><th class="n" id="csv-head">answer</th><th class="n">interval</th></tr></thead><tbody id="csv-rows"></tbody></table></div></div>
</div>
</div>

<div class="res">
<section class="card pad" aria-live="polite">
<p class="s dim" id="out-name">answer</p>
<p class="ans"><span id="ans">–</span> <span id="unit" class="unit"></span></p>
<p class="s sub" id="interval">Fill in the form and press Score.</p>
<svg id="chart" class="chart" viewBox="0 0 400 74" role="img" aria-label="No answer yet"></svg>
<p id="ans-error" class="note bad s" role="alert" hidden></p>
</section>
<section class="card pad" id="history-card" hidden>
<h2>This asset, this page</h2>
<p class="s dim" id="history-note"></p>
<svg id="history" class="chart" viewBox="0 0 400 120" role="img" aria-label="Answers so far"></svg>
</section>
<p class="s dim rec" id="record"></p>
</div>
</div>
<section class="card strip" id="strip" hidden><dl id="facts"></dl></section>
<p class="s dim foot" id="cli" hidden></p>
</main>
</body>
</html>
)html";
}

}  // namespace skerry::loop

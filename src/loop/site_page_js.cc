// SPDX-License-Identifier: Apache-2.0
//
// The page's behaviour: asks the API of the site that served it and nothing else.
#include "loop/site_page.h"

namespace skerry::loop {

std::string_view site_page_js() {
  return R"js("use strict";
const $ = (id) => document.getElementById(id);
const KEY = "skerry-token";
const CHUNK = 200;      // Rows of a CSV in one request.
const POLL_MS = 5000;
let models = [];
let model = null;
let heard = 0;          // When the status was last read.
const history = new Map();

// ---- talking to the site
class Refused extends Error {
  constructor(status, message) { super(message); this.status = status; }
}
async function call(method, path, body, type) {
  const headers = { Authorization: "Bearer " + (sessionStorage.getItem(KEY) || "") };
  if (type) headers["Content-Type"] = type;
  const answer = await fetch(path, { method, headers, body });
  const text = await answer.text();
  if (answer.ok) return text;
  let message = answer.status + " " + answer.statusText;
  try { message = JSON.parse(text).error || message; } catch { /* not JSON: the status line says it */ }
  throw new Refused(answer.status, message);
}
const observePath = () => "/v1/observe?model=" + encodeURIComponent(model.name);

// ---- small parts
function element(name, attributes, ...children) {
  const svg = ["svg", "use", "rect", "circle", "path", "text", "polyline", "polygon"].includes(name);
  const node = svg ? document.createElementNS("http://www.w3.org/2000/svg", name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) node.setAttribute(key, value);
  node.append(...children);
  return node;
}
// With as many decimals as tell the ends of a range apart.
function formatNear(value, spread) {
  const digits = Math.min(6, Math.max(0, 1 - Math.floor(Math.log10(Math.max(spread, 1e-6)))));
  return value.toLocaleString("en", { maximumFractionDigits: digits });
}
const glyph = (name) => element("svg", { "aria-hidden": "true" }, element("use", { href: "#g-" + name }));
const show = (id, visible) => { $(id).hidden = !visible; };
function format(value) {
  if (value === null || !Number.isFinite(value)) return "–";
  const digits = Math.abs(value) >= 1000 ? 0 : Math.abs(value) >= 10 ? 1 : 3;
  return value.toLocaleString("en", { maximumFractionDigits: digits });
}
function fail(id, error) {
  $(id).replaceChildren(glyph("warn"), " " + error.message);
  show(id, true);
}
function nice(value) {
  const step = 10 ** Math.floor(Math.log10(Math.max(value, 1e-9)));
  for (const factor of [1, 1.25, 2, 2.5, 5, 10]) if (factor * step >= value) return factor * step;
  return 10 * step;
}

// ---- the form
function outside(sensor, value) {
  if (sensor.low === undefined || !Number.isFinite(value)) return "";
  const spread = sensor.high - sensor.low;
  if (value < sensor.low) return "below " + formatNear(sensor.low, spread);
  return value > sensor.high ? "above " + formatNear(sensor.high, spread) : "";
}
function sensorField(sensor, index) {
  const id = "sensor-" + index;
  const hint = sensor.low === undefined ? "" : formatNear(sensor.low, sensor.high - sensor.low) + " to " + formatNear(sensor.high, sensor.high - sensor.low);
  const note = element("p", { class: "s dim", id: id + "-hint" }, hint);
  let input;
  if (sensor.levels) {
    input = element("select", {}, element("option", { value: "" }, "missing"));
    for (const level of sensor.levels) input.append(element("option", { value: level }, level));
  } else {
    input = element("input", { inputmode: "decimal", placeholder: "missing" });
  }
  input.id = id;
  input.dataset.sensor = sensor.name;
  input.setAttribute("aria-describedby", id + "-hint");
  const field = element("div", { class: "f" }, element("label", { for: id, title: sensor.name }, element("b", {}, sensor.name)), input, note);
  input.addEventListener("input", () => {
    const why = input.value.trim() === "" ? "" : outside(sensor, Number(input.value));
    field.classList.toggle("out", why !== "");
    note.replaceChildren(...(why ? [glyph("warn"), " " + why] : [hint]));
  });
  return field;
}
function buildForm() {
  $("lead").replaceChildren("Fields come from the signature of ", element("b", {}, model.name + " v" + model.version), ". This page is served by the site and works without the hub.");
  const natural = [...model.sensors].sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }));
  $("sensors").replaceChildren(...natural.map(sensorField));
  const ranged = model.sensors.some((sensor) => sensor.low !== undefined);
  $("sensor-count").textContent = model.sensors.length + " used" + (ranged ? "; typical range below each" : "");
  $("out-name").textContent = model.output.name;
  $("unit").textContent = model.output.unit;
  $("csv-head").textContent = model.output.name;
  $("cli").replaceChildren("Same thing on the command line: ", element("code", {}, "skerry score observations.csv --site " + location.origin));
  show("cli", true);
}
function sensorInputs() { return [...$("sensors").querySelectorAll("[data-sensor]")]; }
function readForm() {
  const values = {};
  for (const input of sensorInputs()) {
    const text = input.value.trim();
    if (text === "") { values[input.dataset.sensor] = null; continue; }
    if (input.tagName === "SELECT") { values[input.dataset.sensor] = text; continue; }
    const number = Number(text.replace(",", "."));
    if (!Number.isFinite(number)) throw new Error(input.dataset.sensor + ": “" + text + "” is not a number");
    values[input.dataset.sensor] = number;
  }
  const observation = { source: "site-page", asset: $("asset").value.trim(), life: Number($("life").value || 1), values };
  if ($("time").value.trim()) observation.time = $("time").value.trim();
  return observation;
}

// ---- the answer
function drawAnswer(value, interval) {
  const top = nice(Math.max(value, interval ? interval[1] : value, 1));
  const low = Math.min(0, value, interval ? interval[0] : 0);
  const x = (number) => 6 + 388 * Math.min(1, Math.max(0, (number - low) / (top - low)));
  const parts = [element("rect", { class: "trk", x: 6, y: 30, width: 388, height: 8, rx: 4 })];
  if (interval) {
    parts.push(element("rect", { class: "ivl", x: x(interval[0]), y: 30, width: Math.max(1, x(interval[1]) - x(interval[0])), height: 8, rx: 4 }));
    const apart = x(interval[1]) - x(interval[0]) > 44;
    parts.push(element("text", { class: "strong", x: x(interval[0]), y: 21, "text-anchor": apart ? "middle" : "end" }, format(interval[0])));
    parts.push(element("text", { class: "strong", x: x(interval[1]) + (apart ? 0 : 4), y: 21, "text-anchor": apart ? "middle" : "start" }, format(interval[1])));
  }
  parts.push(element("circle", { class: "pt", cx: x(value), cy: 34, r: 7 }));
  for (let i = 0; i <= 4; ++i) {
    const mark = low + (top - low) * i / 4;
    const anchor = i === 0 ? "start" : i === 4 ? "end" : "middle";
    parts.push(element("path", { class: "ax", d: "M" + x(mark) + " 43v4" }));
    parts.push(element("text", { x: x(mark), y: 61, "text-anchor": anchor }, format(mark)));
  }
  $("chart").replaceChildren(...parts);
  $("chart").setAttribute("aria-label", format(value) + " " + model.output.unit + (interval ? ", interval " + format(interval[0]) + " to " + format(interval[1]) : ""));
}
function remember(asset, value, interval) {
  if (!history.has(asset)) history.set(asset, []);
  const points = history.get(asset);
  points.push({ value, interval });
  if (points.length > 400) points.shift();
  return points;
}
function drawHistory(asset) {
  const points = (history.get(asset) || []).filter((point) => point.value !== null);
  show("history-card", points.length > 1);
  if (points.length < 2) return;
  const highs = points.map((p) => (p.interval ? p.interval[1] : p.value));
  const lows = points.map((p) => (p.interval ? p.interval[0] : p.value));
  const top = Math.max(...highs), bottom = Math.min(0, ...lows);
  const x = (i) => 34 + 360 * i / (points.length - 1);
  const y = (v) => 8 + 92 * (top - v) / Math.max(top - bottom, 1e-9);
  const line = points.map((p, i) => x(i).toFixed(1) + "," + y(p.value).toFixed(1)).join(" ");
  const band = highs.map((v, i) => x(i).toFixed(1) + "," + y(v).toFixed(1)).concat(lows.map((v, i) => x(i).toFixed(1) + "," + y(v).toFixed(1)).reverse()).join(" ");
  $("history").replaceChildren(
    element("polygon", { class: "bnd", points: band }), element("polyline", { class: "ln", points: line }), element("path", { class: "ax", d: "M34 8V100H394" }),
    element("text", { x: 30, y: 14, "text-anchor": "end" }, format(top)), element("text", { x: 30, y: 103, "text-anchor": "end" }, format(bottom)),
    element("text", { x: 34, y: 116 }, "first here"), element("text", { x: 394, y: 116, "text-anchor": "end" }, "latest"));
  $("history-note").textContent = asset + ": " + points.length + " answers in " + (model.output.unit || model.output.name) + (points[0].interval ? ", band = interval" : "");
}
function showAnswer(asset, answer, milliseconds) {
  const value = answer.outputs[model.output.name];
  $("ans").textContent = format(value);
  const share = model.output.coverage ? Math.round(model.output.coverage * 100) + " % interval " : "Interval ";
  $("interval").textContent = answer.interval ? share + format(answer.interval[0]) + " to " + format(answer.interval[1]) + " " + model.output.unit : "This model gives no interval.";
  if (value !== null) drawAnswer(value, answer.interval);
  remember(asset, value, answer.interval);
  drawHistory(asset);
  show("ans-error", false);
  if (milliseconds !== undefined) $("record").textContent = "Answered by " + answer.model + " v" + answer.version + " in " + milliseconds.toFixed(1) + " ms, the way through the network included.";
}
async function score(event) {
  event.preventDefault();
  $("score").disabled = true;
  try {
    const observation = readForm();
    const start = performance.now();
    const answer = JSON.parse(await call("POST", observePath(), JSON.stringify(observation), "application/json"));
    showAnswer(observation.asset, answer, performance.now() - start);
  } catch (error) {
    if (error.status === 401) login(error); else fail("ans-error", error);
  }
  $("score").disabled = false;
}

// ---- a pasted row, a dropped file
function parseCsv(text) {
  const rows = [];
  let row = [], cell = "", quoted = false;
  for (let i = 0; i < text.length; ++i) {
    const c = text[i];
    if (quoted) {
      if (c === '"' && text[i + 1] === '"') { cell += '"'; ++i; } else if (c === '"') quoted = false; else cell += c;
    } else if (c === '"') quoted = true;
    else if (c === ",") { row.push(cell); cell = ""; }
    else if (c === "\n") { row.push(cell.replace(/\r$/, "")); rows.push(row); row = []; cell = ""; }
    else cell += c;
  }
  if (cell !== "" || row.length) { row.push(cell.replace(/\r$/, "")); rows.push(row); }
  return rows.filter((cells) => cells.some((text) => text.trim() !== ""));
}
function parseRow(text) {
  const trimmed = text.trim();
  if (trimmed.startsWith("{")) {
    const object = JSON.parse(trimmed);
    return object.values ? { ...object.values, asset: object.asset, time: object.time, life: object.life } : object;
  }
  if (trimmed.includes("=")) return Object.fromEntries(trimmed.split(/[\s,;]+/).filter(Boolean).map((pair) => pair.split("=")));
  const rows = parseCsv(trimmed);
  if (rows.length < 2) throw new Error("a CSV needs its header line above the row");
  return Object.fromEntries(rows[0].map((name, i) => [name.trim(), rows[1][i]]));
}
function takeRow() {
  try {
    const row = parseRow($("row").value);
    let used = 0;
    for (const input of sensorInputs()) {
      if (row[input.dataset.sensor] === undefined || row[input.dataset.sensor] === null) continue;
      input.value = row[input.dataset.sensor];
      input.dispatchEvent(new Event("input"));
      ++used;
    }
    for (const name of ["asset", "time", "life"]) if (row[name] !== undefined) $(name).value = row[name];
    $("row-note").textContent = used + " of " + model.sensors.length + " sensors taken";
    if (used) select("form");
  } catch (error) {
    $("row-note").textContent = error.message;
  }
}
function toObservation(header, cells, line) {
  if (cells.length !== header.length) throw new Error("line " + line + " has " + cells.length + " cells, the header " + header.length);
  const observation = { source: "site-page", values: {} };
  header.forEach((name, i) => {
    const text = cells[i].trim();
    if (["asset", "source", "time", "id"].includes(name)) { if (text) observation[name] = text; return; }
    if (name === "life") { if (text) observation.life = Number(text); return; }
    const sensor = model.sensors.find((candidate) => candidate.name === name);
    if (sensor) observation.values[name] = text === "" ? null : sensor.levels ? text : Number(text);
  });
  if (!observation.asset) throw new Error("line " + line + " names no asset; the file needs a column “asset”");
  return observation;
}
async function runCsv(file) {
  show("csv-run", true);
  $("csv-rows").replaceChildren();
  try {
    const rows = parseCsv(await file.text());
    const header = (rows.shift() || []).map((name) => name.trim());
    const all = rows.map((cells, i) => toObservation(header, cells, i + 2));
    let done = 0, failed = 0, last = "";
    for (let from = 0; from < all.length; from += CHUNK) {
      const part = all.slice(from, from + CHUNK);
      const text = await call("POST", observePath(), part.map((o) => JSON.stringify(o)).join("\n"), "application/x-ndjson");
      text.trim().split("\n").map((line) => JSON.parse(line)).forEach((answer, i) => {
        ++done;
        if (answer.error) { ++failed; last = "row " + (from + i + 1) + ": " + answer.error; return; }
        addCsvRow(part[i].asset, from + i + 1, answer, done === all.length);
      });
      $("csv-bar").value = done / all.length;
      $("csv-note").textContent = done + " of " + all.length + " rows" + (failed ? ", " + failed + " refused; " + last : "");
    }
  } catch (error) {
    if (error.status === 401) login(error); else $("csv-note").textContent = error.message;
  }
}
function addCsvRow(asset, number, answer, final) {
  const value = answer.outputs[model.output.name];
  const interval = answer.interval ? format(answer.interval[0]) + " to " + format(answer.interval[1]) : "–";
  $("csv-rows").prepend(element("tr", {}, element("td", {}, asset), element("td", { class: "n" }, String(number)), element("td", { class: "n" }, format(value)), element("td", { class: "n" }, interval)));
  while ($("csv-rows").childElementCount > 12) $("csv-rows").lastChild.remove();
  if (final) showAnswer(asset, answer); else remember(asset, value, answer.interval);
}

// ---- tabs, status, start
function select(name) {
  for (const other of ["form", "paste", "csv"]) {
    $("tab-" + other).setAttribute("aria-selected", String(other === name));
    $("tab-" + other).tabIndex = other === name ? 0 : -1;
    show("pane-" + other, other === name);
  }
}
function login(error) {
  show("login", true);
  show("work", false);
  show("empty", false);
  if (sessionStorage.getItem(KEY)) fail("login-error", error);
  sessionStorage.removeItem(KEY);
  $("token").focus();
}
function fact(name, value) { return element("div", {}, element("dt", {}, name), element("dd", {}, String(value))); }
function drawHealth() {
  const age = Math.round((Date.now() - heard) / 1000);
  const fresh = heard > 0 && age < 3 * POLL_MS / 1000;
  const state = !fresh ? "stale" : model ? "ok" : "warn";
  $("health").className = "st " + state;
  $("health").replaceChildren(glyph(state), fresh ? (model ? "scoring" : "no model") : heard ? "last heard " + age + " s ago" : "connecting");
}
function drawStatus(status) {
  const counts = status.observe || {};
  const site = typeof status.site === "string" ? status.site : "site";
  $("site").textContent = site;
  document.title = site + " · Skerry";
  const facts = [fact("Observations", format(counts.accepted ?? 0)), fact("Repeated", format(counts.repeated ?? 0)), fact("Out of order", format(counts.out_of_order ?? 0)), fact("Refused", format(counts.rejected ?? 0)), fact("Assets", format(counts.assets ?? 0))];
  const generation = status.generation && status.generation.applied !== undefined ? status.generation.applied : status.generation;
  if (typeof generation === "number") facts.unshift(fact("Generation", generation));
  if (typeof status.trust === "string") facts.push(fact("Trust", status.trust));
  $("facts").replaceChildren(...facts);
  show("strip", true);
}
function drawModels() {
  $("answers").textContent = models.map((m) => m.name + " v" + m.version).join(", ") + (models.length ? " answers" : "");
  const before = model;
  model = models.find((m) => before && m.name === before.name) || models[0] || null;
  show("empty", !model);
  show("work", Boolean(model));
  show("model-choice", models.length > 1);
  if (!model) return;
  $("model").replaceChildren(...models.map((m) => element("option", { value: m.name }, m.name)));
  $("model").value = model.name;
  const same = before && before.name === model.name && JSON.stringify(before.sensors) === JSON.stringify(model.sensors);
  if (!same) buildForm();
  else if (before.version !== model.version) $("lead").querySelector("b").textContent = model.name + " v" + model.version;
}
async function refresh() {
  if (!$("login").hidden) return;
  try {
    const [described, status] = await Promise.all([call("GET", "/v1/models"), call("GET", "/v1/status")]);
    models = JSON.parse(described).models;
    heard = Date.now();
    drawModels();
    drawStatus(JSON.parse(status));
  } catch (error) {
    if (error.status === 401) login(error);
  }
  drawHealth();
}
function start() {
  $("login").addEventListener("submit", (event) => {
    event.preventDefault();
    sessionStorage.setItem(KEY, $("token").value.trim());
    show("login", false);
    show("login-error", false);
    refresh();
  });
  $("pane-form").addEventListener("submit", score);
  $("pane-form").addEventListener("reset", () => setTimeout(() => sensorInputs().forEach((input) => input.dispatchEvent(new Event("input")))));
  $("model").addEventListener("change", () => { model = models.find((m) => m.name === $("model").value); buildForm(); });
  $("take-row").addEventListener("click", takeRow);
  const tabs = ["form", "paste", "csv"];
  tabs.forEach((name, i) => {
    $("tab-" + name).addEventListener("click", () => select(name));
    $("tab-" + name).addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: 2 }[event.key];
      if (!step) return;
      select(tabs[(i + step) % 3]);
      $("tab-" + tabs[(i + step) % 3]).focus();
    });
  });
  $("file").addEventListener("change", () => $("file").files[0] && runCsv($("file").files[0]));
  for (const kind of ["dragover", "dragleave", "drop"]) {
    $("drop").addEventListener(kind, (event) => {
      event.preventDefault();
      $("drop").classList.toggle("over", kind === "dragover");
      if (kind === "drop" && event.dataTransfer.files[0]) runCsv(event.dataTransfer.files[0]);
    });
  }
  if (sessionStorage.getItem(KEY)) refresh(); else login(new Error(""));
  setInterval(refresh, POLL_MS);
  setInterval(drawHealth, 1000);
}
document.addEventListener("DOMContentLoaded", start);
)js";
}

}  // namespace skerry::loop

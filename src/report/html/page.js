(function () {
"use strict";
var D = JSON.parse(document.getElementById("data").textContent);
var T = D.quarters.length, SVG = "http://www.w3.org/2000/svg", NONE = -32768;
var raw = atob(D.block), bytes = new Uint8Array(raw.length);
for (var k = 0; k < raw.length; k++) bytes[k] = raw.charCodeAt(k);
var view = new DataView(bytes.buffer), where = new Map();
for (var s = 0; s < D.scales.length; s++) where.set(D.index.slice(4 * s, 4 * s + 4).join(), s);

function value(s, t, which) {
  var v = view.getInt16(2 * (3 * (s * (T + D.horizons.length) + t) + which), true);
  return v === NONE ? NaN : v * D.scales[s];
}
function path(lever, metric, region, group) {
  var s = where.get([lever, metric, region, group].join());
  if (s === undefined) return null;
  var out = [];
  for (var t = 0; t < T; t++) {
    var m = value(s, t, 0);
    if (!isNaN(m)) out.push({ t: t, mean: m, low: value(s, t, 1), high: value(s, t, 2) });
  }
  return out.length ? out : null;
}
function byId(id) { return document.getElementById(id); }
function make(name, attributes, text) {
  var e = document.createElementNS(SVG, name);
  for (var a in attributes) e.setAttribute(a, attributes[a]);
  if (text !== undefined) e.textContent = text;
  return e;
}
function digits(most) {
  if (!(most > 0)) return 2;
  return Math.max(0, Math.min(4, 2 - Math.floor(Math.log10(most))));
}
function signed(v, d) {
  var text = Math.abs(v).toLocaleString("en-US", { minimumFractionDigits: d, maximumFractionDigits: d });
  if (!/[1-9]/.test(text)) return text;
  return (v < 0 ? "\u2212" : "+") + text;
}
function unit(metric) {
  var u = D.metrics[metric][2];
  return u === "" || u[0] === "%" || D.words.lang === "zh" ? u : " " + u;
}
function fill(select, options, chosen) {
  select.textContent = "";
  options.forEach(function (o) {
    var e = document.createElement("option");
    e.value = o[0]; e.textContent = o[1];
    select.appendChild(e);
  });
  if (options.some(function (o) { return String(o[0]) === String(chosen); })) select.value = chosen;
  select.disabled = options.length < 2;
}
var metric = byId("metric"), lever = byId("lever"), region = byId("region"), group = byId("group"), horizon = byId("horizon");
fill(lever, D.shown.map(function (a) { return [a, D.arms[a]]; }));
fill(metric, D.metrics.map(function (m, k) { return [k, m[1]]; }));
fill(horizon, D.horizons.map(function (h, k) { return [k, h[0]]; }), D.horizons.length - 1);

/* regions and groups that the metric has */
function offer() {
  var regions = new Set(), groups = new Set();
  for (var s = 0; s < D.scales.length; s++) {
    if (D.index[4 * s + 1] === +metric.value && D.index[4 * s] === +lever.value) {
      regions.add(D.index[4 * s + 2]); groups.add(D.index[4 * s + 3]);
    }
  }
  var byNumber = function (a, b) { return a - b; };
  var indent = ["", "\u2014 ", "\u00a0\u00a0\u00a0"];
  fill(region, Array.from(regions).sort(byNumber).map(function (r) { return [r, indent[D.regions[r][1]] + D.regions[r][0]]; }), region.value);
  fill(group, Array.from(groups).sort(byNumber).map(function (g) { return [g, D.groups[g]]; }), group.value);
}
function nice(low, high, count) {
  var raw = (high - low) / count, power = Math.pow(10, Math.floor(Math.log10(raw)));
  var step = [1, 2, 2.5, 5, 10].map(function (m) { return m * power; }).find(function (m) { return m >= raw * 0.999; }) || 10 * power;
  var out = [];
  for (var v = Math.ceil(low / step - 1e-9); v * step <= high + 1e-9 * step; v++) out.push(v * step);
  return { ticks: out, digits: Math.max(0, Math.min(6, -Math.floor(Math.log10(step) + 1e-9) + (Math.abs(step / power - 2.5) < 1e-6 ? 1 : 0))) };
}
var drawn = null;

function chart() {
  var box = byId("chart"), p = path(+lever.value, +metric.value, +region.value, +group.value);
  box.textContent = ""; drawn = null; byId("readout").textContent = "";
  var u = D.metrics[+metric.value][2] || D.words.index, name = D.metrics[+metric.value][1];
  var parts = [D.arms[+lever.value], D.regions[+region.value] ? D.regions[+region.value][0] : ""];
  if (group.options.length > 1 || +group.value > 0) parts.push(D.groups[+group.value]);
  var zh = D.words.lang === "zh";
  byId("chart-title").textContent = name + (zh ? "（" + u + "）：" : " (" + u + "): ") + parts.filter(Boolean).join(zh ? "，" : ", ");
  if (!p) { box.textContent = D.words.none; return; }
  var W = Math.max(280, box.clientWidth), H = W < 500 ? 240 : 330, L = 62, R = 12, top = 10, B = 28;
  var low = Math.min(0, Math.min.apply(null, p.map(function (q) { return Math.min(q.low, q.mean); })));
  var high = Math.max(0, Math.max.apply(null, p.map(function (q) { return Math.max(q.high, q.mean); })));
  if (high - low < 1e-12) { low = -1; high = 1; }
  var air = 0.06 * (high - low); low -= air; high += air;
  var x = function (t) { return L + (W - L - R) * (T > 1 ? t / (T - 1) : 0.5); };
  var y = function (v) { return top + (H - top - B) * (high - v) / (high - low); };
  var svg = make("svg", { width: W, height: H, viewBox: "0 0 " + W + " " + H, role: "img", "aria-label": byId("chart-title").textContent });
  var n = nice(low, high, 5);
  n.ticks.forEach(function (v) {
    svg.appendChild(make("line", { x1: L, x2: W - R, y1: y(v), y2: y(v), "class": Math.abs(v) < 1e-12 ? "zero" : "grid" }));
    svg.appendChild(make("text", { x: L - 6, y: y(v) + 4, "text-anchor": "end" }, signed(v, n.digits).replace("+", "")));
  });
  var every = W < 500 ? 8 : 4;
  for (var t = 0; t < T; t++) {
    var year = D.quarters[t].slice(0, 4), of = zh ? D.quarters[t].slice(6, 7) : D.quarters[t].slice(5);
    if (of === "1" && (T <= 12 || (+year - +D.quarters[0].slice(0, 4)) % (every / 4) === 0))
      svg.appendChild(make("text", { x: x(t), y: H - 8, "text-anchor": "middle" }, year));
  }
  var points = function (list, key) { return list.map(function (q) { return x(q.t).toFixed(1) + "," + y(q[key]).toFixed(1); }).join(" "); };
  svg.appendChild(make("polygon", { points: points(p, "high") + " " + points(p.slice().reverse(), "low"), fill: D.line, "fill-opacity": 0.2, "class": "band" }));
  svg.appendChild(make("polyline", { points: points(p, "mean"), fill: "none", stroke: D.line, "stroke-width": 2.2, "class": "mean" }));
  /* means of the years that end at the horizons */
  var s = where.get([+lever.value, +metric.value, +region.value, +group.value].join());
  D.horizons.forEach(function (h, k) {
    var v = value(s, T + k, 0);
    if (isNaN(v) || h[1] === h[2]) return;
    var g = make("g", { "class": "horizon" });
    g.appendChild(make("title", {}, D.words.after + h[0] + D.words.later + ", " + D.words.year + ": " + signed(v, digits(Math.abs(v))) + unit(+metric.value)));
    g.appendChild(make("line", { x1: x(h[1]), x2: x(h[2]), y1: y(v), y2: y(v), stroke: "#1c1c1c", "stroke-width": 3 }));
    svg.appendChild(g);
  });
  var cursor = make("line", { y1: top, y2: H - B, stroke: "#1c1c1c", "stroke-dasharray": "3 3", visibility: "hidden" });
  var dot = make("circle", { r: 4.5, fill: D.line, stroke: "#fff", "stroke-width": 1.5, visibility: "hidden" });
  svg.appendChild(cursor); svg.appendChild(dot); box.appendChild(svg);
  var most = Math.max.apply(null, p.map(function (q) { return Math.abs(q.mean); }));
  drawn = { p: p, x: x, y: y, cursor: cursor, dot: dot, at: p.length - 1, d: digits(most), W: W, L: L, R: R, svg: svg };
  read(p.length - 1, false);
}
function read(k, mark) {
  if (!drawn) return;
  var q = drawn.p[k = Math.max(0, Math.min(drawn.p.length - 1, k))], u = unit(+metric.value), d = drawn.d;
  drawn.at = k;
  byId("readout").textContent = D.quarters[q.t] + (D.words.lang === "zh" ? "：" : ": ") + signed(q.mean, d) + u + (D.seeds < 2 ? "" : " \u00b7 " + D.words.interval + " [" + signed(q.low, d) + ", " + signed(q.high, d) + "]" +
    (q.low <= 0 && q.high >= 0 ? " \u00b7 " + D.words.zero : ""));
  if (!mark) return;
  drawn.cursor.setAttribute("x1", drawn.x(q.t)); drawn.cursor.setAttribute("x2", drawn.x(q.t));
  drawn.dot.setAttribute("cx", drawn.x(q.t)); drawn.dot.setAttribute("cy", drawn.y(q.mean));
  drawn.cursor.setAttribute("visibility", "visible"); drawn.dot.setAttribute("visibility", "visible");
}
byId("chart").addEventListener("pointermove", function (e) {
  if (!drawn) return;
  var t = (e.clientX - drawn.svg.getBoundingClientRect().left - drawn.L) / (drawn.W - drawn.L - drawn.R) * (T - 1), best = 0;
  drawn.p.forEach(function (q, k) { if (Math.abs(q.t - t) < Math.abs(drawn.p[best].t - t)) best = k; });
  read(best, true);
});
byId("chart").addEventListener("keydown", function (e) {
  if (!drawn) return;
  var to = { ArrowLeft: drawn.at - 1, ArrowRight: drawn.at + 1, Home: 0, End: drawn.p.length - 1 }[e.key];
  if (to === undefined) return;
  e.preventDefault(); read(to, true);
});

function colour(share) {
  var place = Math.max(0, Math.min(1, share)) * (D.colours.length - 1), left = Math.min(D.colours.length - 2, Math.floor(place)), f = place - left;
  var part = function (c, k) { return parseInt(c.slice(1 + 2 * k, 3 + 2 * k), 16); };
  return [0, 1, 2].map(function (k) { return Math.round(part(D.colours[left], k) * (1 - f) + part(D.colours[left + 1], k) * f); });
}
/* a horizon in words: the mean of a year, or a quarter */
function when(k) {
  var h = D.horizons[k], zh = D.words.lang === "zh";
  if (!h) return "";
  var span = h[1] === h[2] ? D.quarters[h[2]] : D.words.year + " " + D.quarters[h[1]] + "\u2013" + D.quarters[h[2]];
  return D.words.after + h[0] + D.words.later + (zh ? "\u3010" + span + "\u3011" : " (" + span + ")");
}
function tiles() {
  var box = byId("tiles"), at = T + +horizon.value, found = [];
  box.textContent = ""; byId("tiles-legend").textContent = "";
  var zh = D.words.lang === "zh", m = D.metrics[+metric.value];
  byId("tiles-title").textContent = m[1] + (zh ? "（" + (m[2] || D.words.index) + "）：" : " (" + (m[2] || D.words.index) + "): ") + D.arms[+lever.value] + (zh ? "，" : ", ") + when(+horizon.value);
  D.regions.forEach(function (r, k) {
    if (r[1] !== 2) return;
    var s = where.get([+lever.value, +metric.value, k, +group.value].join());
    if (s === undefined) return;
    var v = value(s, at, 0);
    if (!isNaN(v)) found.push({ k: k, name: r[0], row: r[2], col: r[3], v: v, low: value(s, at, 1), high: value(s, at, 2) });
  });
  if (!found.length) { box.textContent = D.words.none; return; }
  var most = Math.max.apply(null, found.map(function (f) { return Math.abs(f.v); })), d = Math.min(digits(most), most >= 1 ? 2 : 3);
  var row0 = Math.min.apply(null, found.map(function (f) { return f.row; })), col0 = Math.min.apply(null, found.map(function (f) { return f.col; }));
  var rows = Math.max.apply(null, found.map(function (f) { return f.row; })) - row0 + 1, cols = Math.max.apply(null, found.map(function (f) { return f.col; })) - col0 + 1;
  var W = Math.max(280, box.clientWidth), S = W / cols, wide = S > 46;
  var svg = make("svg", { width: W, height: S * rows, viewBox: "0 0 " + W + " " + S * rows, role: "group" });
  found.forEach(function (f) {
    var c = colour(0.5 + 0.5 * f.v / (most || 1)), light = 0.299 * c[0] + 0.587 * c[1] + 0.114 * c[2] > 140;
    var text = signed(f.v, d), ink = light ? "#1c1c1c" : "#ffffff", held = D.seeds > 1 && f.low <= 0 && f.high >= 0;
    var g = make("g", { "class": f.k === +region.value ? "chosen" : "", "data-region": f.k });
    var x = S * (f.col - col0), y = S * (f.row - row0);
    g.appendChild(make("title", {}, f.name + ": " + text + (D.seeds < 2 ? "" : " [" + signed(f.low, d) + ", " + signed(f.high, d) + "]")));
    g.appendChild(make("rect", { x: x + 1, y: y + 1, width: S - 2, height: S - 2, rx: 3, fill: "rgb(" + c.join() + ")" }));
    var short = zh ? f.name.slice(0, f.name.length > 4 ? 2 : Math.max(2, f.name.length - 1)) : f.name.split(" ")[0];
    var size = zh ? Math.min(14, S / 3.2) : wide ? Math.max(8.5, Math.min(11.5, 1.7 * (S - 4) / short.length)) : S / 2.6;
    var shown = zh || wide ? short : short.slice(0, 3);
    g.appendChild(make("text", { x: x + S / 2, y: y + (wide ? 0.42 : 0.62) * S, "text-anchor": "middle", style: "font-size:" + size.toFixed(1) + "px;fill:" + ink }, shown));
    if (wide) g.appendChild(make("text", { x: x + S / 2, y: y + 0.74 * S, "text-anchor": "middle", style: "font-size:" + (S > 56 ? 12 : 10) + "px;fill:" + ink }, held ? "(" + text + ")" : text));
    g.addEventListener("click", function () { region.value = f.k; draw(); });
    svg.appendChild(g);
  });
  box.appendChild(svg);
  var legend = byId("tiles-legend"), left = document.createElement("span"), bar = document.createElement("span"), right = document.createElement("span");
  left.textContent = signed(-most, d); right.textContent = signed(most, d) + unit(+metric.value);
  bar.className = "bar"; bar.style.background = "linear-gradient(90deg," + D.colours.join() + ")";
  [left, bar, right].forEach(function (e) { legend.appendChild(e); });
}
function draw() { chart(); tiles(); }
[metric, lever].forEach(function (e) { e.addEventListener("change", function () { offer(); draw(); }); });
[region, group].forEach(function (e) { e.addEventListener("change", draw); });
horizon.addEventListener("change", tiles);
var wait = 0;
window.addEventListener("resize", function () { clearTimeout(wait); wait = setTimeout(draw, 120); });
offer(); draw();

/* who gains: one block a reform and horizon */
var gainLever = byId("gain-lever"), gainHorizon = byId("gain-horizon");
function pick() {
  document.querySelectorAll(".pick").forEach(function (e) {
    e.hidden = e.dataset.arm !== gainLever.value || e.dataset.horizon !== gainHorizon.value;
  });
}
if (gainLever) [gainLever, gainHorizon].forEach(function (e) { e.addEventListener("change", pick); e.disabled = e.options.length < 2; });
})();

// Keeps a page live: takes changed parts from the event stream and puts them where they belong.
import { keepAges, learnTime } from "./ages.js";
import { drawCharts } from "./chart.js";
import { listenToKeys } from "./keys.js";
import { rotate } from "./wall.js";

const body = document.body;
const news = document.getElementById("news");
let alerts = countAlerts();
let isLost = false;

function countAlerts() {
  const list = document.querySelector('[data-key="alerts"] [data-count]');
  return list ? list.dataset.count : "0";
}

function tell(text) {
  if (news) news.textContent = text;
}

// Where the reader is must survive a change: an open table stays open, a focused link stays focused.
function put(slot, html) {
  const active = slot.contains(document.activeElement) ? document.activeElement : null;
  const href = active && active.getAttribute("href");
  const open = [...slot.querySelectorAll("details")].map((one) => one.open);
  const chart = slot.querySelector(".plots.drawn");
  slot.innerHTML = html;
  slot.querySelectorAll("details").forEach((one, place) => { one.open = Boolean(open[place]); });
  if (chart) slot.querySelector(".plots")?.replaceWith(chart);
  if (active) {
    const again = href ? [...slot.querySelectorAll("a")].find((one) => one.getAttribute("href") === href)
      : slot.querySelector(active.tagName);
    again?.focus({ preventScroll: true });
  }
}

function take(event, isSnapshot) {
  const change = JSON.parse(event.data);
  learnTime(change.now_ms);
  if (change.structure !== undefined && change.structure !== body.dataset.structure) {
    location.reload();
    return;
  }
  for (const [key, html] of Object.entries(change.parts)) {
    const slot = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (!slot || slot.innerHTML === html) continue;
    const before = slot.querySelector(".value")?.textContent;
    put(slot, html);
    if (!isSnapshot && before !== undefined && before !== slot.querySelector(".value")?.textContent) flash(slot);
  }
  body.dataset.version = event.lastEventId;
  const fresh = document.querySelector(".fresh");
  if (fresh) body.dataset.fresh = fresh.dataset.state;
  const now = countAlerts();
  if (now !== alerts) tell(news.dataset.changed.replace("%", now));
  alerts = now;
  drawCharts();
  keepAges();
}

function flash(slot) {
  slot.classList.remove("changed");
  void slot.offsetWidth;
  slot.classList.add("changed");
}

function follow(address) {
  const stream = new EventSource(address);
  stream.addEventListener("snapshot", (event) => {
    if (isLost) tell(news.dataset.back);
    isLost = false;
    take(event, true);
  });
  stream.addEventListener("change", (event) => take(event, false));
  stream.addEventListener("beat", (event) => learnTime(JSON.parse(event.data).now_ms));
  stream.addEventListener("error", () => {
    if (!isLost) tell(news.dataset.lost);
    isLost = true;
    body.dataset.fresh = "stale";
    // The browser gives up after an answer that is no stream, as while the server starts anew.
    if (stream.readyState === EventSource.CLOSED) setTimeout(() => follow(address), 2000);
  });
  addEventListener("pagehide", () => stream.close());
}

listenToKeys();
drawCharts();
learnTime(Number(body.dataset.now || Date.now()));
keepAges();
setInterval(keepAges, 1000);
if (document.documentElement.classList.contains("kiosk")) rotate();
if (body.dataset.events) follow(body.dataset.events);

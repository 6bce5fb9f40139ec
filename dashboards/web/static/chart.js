// Draws the audience of a live session: viewers as a line over the hosts' bands, entries per minute as bars below.
import uPlot from "./vendor/uplot/uPlot.esm.js";

const plots = new WeakMap();

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

// Labels on the canvas are as large as the smallest text around it, so that they grow on a wall.
function textPixels() {
  return parseFloat(getComputedStyle(document.querySelector(".chart figcaption") || document.body).fontSize);
}

function paintBands(chart, shifts) {
  const { ctx, bbox } = chart;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.font = `600 ${textPixels() * devicePixelRatio}px ${getComputedStyle(document.body).fontFamily}`;
  ctx.textBaseline = "top";
  ctx.textAlign = "left";
  for (const [name, band, on, off] of shifts) {
    const left = chart.valToPos(on, "x", true);
    const right = chart.valToPos(off, "x", true);
    ctx.fillStyle = colour(`--band-${band}`);
    ctx.fillRect(left, bbox.top, right - left, bbox.height);
    ctx.fillStyle = colour(`--swatch-${band}`);
    ctx.fillRect(left, bbox.top, right - left, 3 * devicePixelRatio);
    ctx.save();
    ctx.beginPath();
    ctx.rect(left, bbox.top, right - left, bbox.height);
    ctx.clip();
    ctx.fillStyle = colour("--ink");
    ctx.fillText(name, Math.max(left, bbox.left) + 8 * devicePixelRatio, bbox.top + 10 * devicePixelRatio);
    ctx.restore();
  }
  ctx.restore();
}

function axes(isLast) {
  const quiet = { stroke: colour("--ink3"), grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false } };
  const small = textPixels();
  const font = `${small}px ${getComputedStyle(document.body).fontFamily}`;
  const x = { ...quiet, font, grid: { show: false }, size: isLast ? Math.round(small * 2.3) : 8, values: isLast ? "{HH}:{mm}" : () => [], space: small * 6 };
  return [x, { ...quiet, font, size: Math.round(small * 4.6), space: small * (isLast ? 2 : 3.7), values: (_, ticks) => ticks.map((tick) => tick.toLocaleString("en")) }];
}

function options(series, box, kind) {
  const isLast = kind === "entries";
  const bars = isLast ? { paths: uPlot.paths.bars({ size: [0.7, 12] }), fill: colour("--accent"), width: 0 }
    : { fill: colour("--accent-soft"), width: 2 };
  return {
    width: box.clientWidth,
    height: isLast ? Math.round(box.clientHeight * 0.3) : Math.round(box.clientHeight * 0.7),
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), series.zone),
    legend: { show: false },
    padding: [12, 24, 0, 0],
    cursor: { y: false, drag: { x: false }, sync: { key: "session" }, points: { size: 8 } },
    scales: { x: { time: true }, y: { range: (_, low, high) => [0, Math.max(high, 1) * (isLast ? 1.1 : 1.25)] } },
    axes: axes(isLast),
    series: [{}, { label: series.words[isLast ? 1 : 0], stroke: colour("--accent"), points: { show: false }, ...bars }],
    hooks: { drawClear: [(chart) => paintBands(chart, isLast ? [] : chart.shifts || series.shifts)] },
  };
}

function dataOf(series) {
  return [[series.minutes, series.viewers], [series.minutes, series.entries]];
}

function draw(figure) {
  const box = figure.querySelector(".plots");
  const series = JSON.parse(figure.dataset.series);
  const known = plots.get(box);
  if (known) {
    known[0].shifts = series.shifts;
    dataOf(series).forEach((rows, place) => known[place].setData(rows));
    return;
  }
  box.replaceChildren();
  box.classList.add("drawn");
  const [viewers, entries] = dataOf(series);
  const made = [
    new uPlot(options(series, box, "viewers"), viewers, box),
    new uPlot(options(series, box, "entries"), entries, box),
  ];
  plots.set(box, made);
  new ResizeObserver(() => made.forEach((plot) => plot.setSize({ width: box.clientWidth, height: plot.height }))).observe(box);
}

export function drawCharts() {
  document.querySelectorAll("figure.chart").forEach(draw);
}

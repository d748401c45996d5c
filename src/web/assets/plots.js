// Small plots as inline SVG. Each carries its figures in words for who cannot see it.

import { h, svg } from './dom.js';
import { brief, span } from './words.js';

const HOUR = 3_600_000;
/** Topics drawn apart; the others are drawn together. */
const APART = 6;

/** Items of each of the last `hours` hours by topic: the busiest topics, then the rest. The best topic of an item counts. */
export function byHour(items, hours, now) {
  const end = Math.ceil(now / HOUR) * HOUR;
  const start = end - hours * HOUR;
  const totals = new Map();
  const cells = Array.from({ length: hours }, () => new Map());
  for (const item of items) {
    const hour = Math.floor((item.time - start) / HOUR);
    if (hour < 0 || hour >= hours) continue;
    const topic = item.topics[0]?.[0] ?? '';
    cells[hour].set(topic, (cells[hour].get(topic) ?? 0) + 1);
    totals.set(topic, (totals.get(topic) ?? 0) + 1);
  }
  const topics = [...totals].filter(([t]) => t).sort((a, b) => b[1] - a[1]).map(([t]) => t);
  const series = topics.slice(0, APART).map((topic) => ({ topic, values: cells.map((c) => c.get(topic) ?? 0) }));
  const apart = new Set(topics.slice(0, APART));
  const rest = cells.map((c) => [...c].reduce((sum, [t, n]) => sum + (apart.has(t) ? 0 : n), 0));
  if (rest.some(Boolean)) series.push({ topic: '', values: rest });
  const whole = topics.map((topic) => ({ topic, values: cells.map((c) => c.get(topic) ?? 0), total: totals.get(topic) }));
  return { start, hours, series, topics: whole };
}

/** Stacked columns, one for each hour. */
export function columns({ start, hours, series }, name, { width = 720, height = 180, axis = true } = {}) {
  const sums = Array.from({ length: hours }, (_, i) => series.reduce((s, x) => s + x.values[i], 0));
  const most = Math.max(1, ...sums);
  const floor = height - (axis ? 18 : 0);
  const step = width / hours;
  const plot = picture(width, height, `Items by hour, most ${most} in an hour`);
  if (axis) scale(plot, width, floor, most);
  else plot.append(svg('line', { x1: 0, x2: width, y1: height, y2: height, class: 'grid' }));
  for (let i = 0; i < hours; i++) {
    let y = floor;
    series.forEach((s, k) => {
      const tall = (s.values[i] / most) * (floor - 10);
      if (!tall) return;
      y -= tall;
      const bar = svg('rect', { x: i * step + step * 0.12, y, width: step * 0.76, height: tall, class: `series s${s.topic ? k : 'x'}` });
      bar.append(svg('title', {}, `${clock(start + i * HOUR)}  ${s.topic ? name(s.topic) : 'others'}: ${s.values[i]}`));
      plot.append(bar);
    });
    // The first stands at the edge, not over it.
    if (axis && i % 4 === 0) plot.append(svg('text', { x: i && (i + 0.5) * step, y: height - 3, class: i ? 'tick' : 'tick start' }, clock(start + i * HOUR)));
  }
  return plot;
}

/** What the colours of [`columns`] mean. */
export function legend({ series }, name) {
  return h('ul', { class: 'legend' }, series.map((s, k) => h('li', {},
    h('span', { class: `swatch s${s.topic ? k : 'x'}` }), s.topic ? name(s.topic) : 'others')));
}

/** Columns with labels, for days. */
export function bars(values, told) {
  const [width, height] = [520, 56];
  const most = Math.max(1, ...values.map((v) => v.value));
  const step = Math.min(26, width / values.length);
  const plot = picture(width, height, `${told}: ${values.map((v) => `${v.label} ${v.value}`).join(', ')}`);
  values.forEach((v, i) => {
    const tall = Math.max(v.value ? 1 : 0, (v.value / most) * (height - 4));
    plot.append(svg('rect', { x: i * step + 1, y: height - tall, width: Math.max(1, step - 2), height: tall, class: 'series s0' },
      svg('title', {}, `${v.label}: ${v.value}`)));
  });
  return plot;
}

/** Points in stretches: where nothing was measured there is no line. */
function stretches(points) {
  const found = [[]];
  for (const p of points) {
    if (p) found.at(-1).push(p);
    else if (found.at(-1).length) found.push([]);
  }
  return found.filter((s) => s.length);
}

const joined = (points) => points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ');

/** A line through points; one alone is a dot: a line of no length, with round ends. */
function trace(points, look, ...children) {
  const dot = points.length === 1;
  return svg('polyline', { points: joined(dot ? [points[0], points[0]] : points), class: `line ${look}${dot ? ' dot' : ''}` }, ...children);
}

/** A line of values, the newest at the right; null where there is none. */
export function spark(values, told, { width = 120, height = 24, look = 's0', least = 1 } = {}) {
  const most = Math.max(least, ...values);
  const step = values.length > 1 ? width / (values.length - 1) : width;
  const y = (v) => height - 2 - (v / most) * (height - 4);
  const points = values.map((v, i) => (v === null ? null : [i * step, y(v)]));
  const plot = picture(width, height, told);
  for (const s of stretches(points)) {
    plot.append(svg('polygon', { points: joined([[s[0][0], height], ...s, [s.at(-1)[0], height]]), class: `area ${look}` }));
    plot.append(trace(s, look));
  }
  return plot;
}

/** Lines over time on one scale: `[{name, values}]`, null where there is none; times in milliseconds. */
export function lines(times, all, told, unit) {
  const [width, height] = [400, 120];
  const floor = height - 18;
  const most = Math.max(1, ...all.flatMap((s) => s.values));
  const plot = picture(width, height, told);
  scale(plot, width, floor, most, unit);
  const [first, last] = [times[0], times.at(-1)];
  const x = (t) => (last > first ? ((t - first) / (last - first)) * width : width);
  all.forEach((s, k) => {
    const points = s.values.map((v, i) => (v === null ? null : [x(times[i]), floor - (v / most) * (floor - 10)]));
    for (const part of stretches(points)) plot.append(trace(part, `s${k}`, svg('title', {}, s.name)));
  });
  if (times.length > 1) {
    if (clock(first) !== clock(last)) plot.append(svg('text', { x: 0, y: height - 3, class: 'tick start' }, clock(first)));
    plot.append(svg('text', { x: width, y: height - 3, class: 'tick end' }, clock(last)));
  }
  return plot;
}

/** Latencies in words people use. */
export const asSpan = (ms) => span(ms);

function scale(plot, width, floor, most, unit = brief) {
  for (const part of [1, 0.5]) {
    const y = floor - part * (floor - 10);
    plot.append(svg('line', { x1: 0, x2: width, y1: y, y2: y, class: 'grid' }));
    if (most * part >= 1) plot.append(svg('text', { x: 0, y: y - 3, class: 'tick start' }, unit(Math.round(most * part))));
  }
  plot.append(svg('line', { x1: 0, x2: width, y1: floor, y2: floor, class: 'ground' }));
}

function picture(width, height, told) {
  return svg('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': told, class: 'plot' });
}

function clock(time) {
  return new Date(time).toTimeString().slice(0, 5);
}

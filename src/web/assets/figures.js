// The figures: items by hour and topic, latency, backlog, roles. Shown where no item is.

import { h, put } from './dom.js';
import { asSpan, byHour, columns, legend, lines } from './plots.js';
import { brief } from './words.js';

/** Draws the figures into `room`. */
export function figures(room, { items, history, status, name, filter }) {
  const now = Date.now();
  const hours = byHour(items, 24, now);
  const times = history.map((p) => p.time);
  const series = (key) => history.map((p) => p[key] ?? null);
  const newest = history.at(-1);
  // Drawn for the room there is: letters of a plot made smaller are too small.
  const width = Math.max(300, Math.min(720, room.clientWidth - 32));
  put(room, h('div', { class: 'figures' },
    h('h2', {}, 'Figures'),
    h('figure', {}, h('figcaption', {}, 'Items by hour and topic, last 24 hours'), columns(hours, name, { width }), legend(hours, name)),
    h('div', { class: 'pair' },
      h('figure', {},
        h('figcaption', {}, 'Backlog', h('span', { class: 'by' }, newest ? `to enrich ${newest.enrich}, to deliver ${newest.fanout}` : '')),
        lines(times, [{ name: 'to enrich', values: series('enrich') }, { name: 'to deliver', values: series('fanout') }], 'Backlog over the last minutes', brief),
        key(['to enrich', 'to deliver'])),
      h('figure', {},
        h('figcaption', {}, 'Latency, item stored to channel', h('span', { class: 'by' }, newest?.p50 === undefined ? 'nothing delivered lately' : `half within ${asSpan(newest.p50)}, 99\u00a0% within ${asSpan(newest.p99)}`)),
        lines(times, [{ name: 'half', values: series('p50') }, { name: '99 %', values: series('p99') }], 'Latency over the last minutes', asSpan),
        key(['half', '99 %']))),
    h('figure', {}, h('figcaption', {}, 'Topics, last 24 hours'),
      hours.topics.length ? h('ul', { class: 'topics' }, hours.topics.map((t) => h('li', {},
        h('button', { type: 'button', class: 'plain', onclick: () => filter('topic', t.topic) }, name(t.topic)),
        columns({ ...hours, series: [t] }, name, { width: 120, height: 22, axis: false }), h('span', { class: 'count' }, String(t.total))))) : h('p', { class: 'none' }, 'No items in the last 24 hours.')),
    status ? h('figure', {}, h('figcaption', {}, 'Streams'), streams(status)) : null));
}

function key(names) {
  return h('ul', { class: 'legend' }, names.map((n, k) => h('li', {}, h('span', { class: `swatch s${k}` }), n)));
}

function streams(status) {
  return h('table', {},
    h('thead', {}, h('tr', {}, ['Stream', 'Messages', 'Size', 'Waiting', 'In work'].map((t) => h('th', { scope: 'col', class: t.toLowerCase() }, t)))),
    h('tbody', {}, status.streams.map((s) => h('tr', {},
      h('th', { scope: 'row' }, s.name),
      h('td', {}, brief(s.messages)), h('td', { class: 'size' }, `${(s.bytes / 1e6).toFixed(1)} MB`),
      h('td', {}, s.backlog.map((b) => `${b.consumer} ${b.waiting}`).join(', ')),
      h('td', {}, s.backlog.map((b) => `${b.consumer} ${b.unacked}`).join(', '))))));
}

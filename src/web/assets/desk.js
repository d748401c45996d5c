// The desk page: what arrives, what is filtered, what is read.

import { at, debounced, h, put, say } from './dom.js';
import { get, Refused, Stream } from './api.js';
import { Article } from './article.js';
import { help, isAsking } from './dialogs.js';
import { edit } from './editor.js';
import { figures } from './figures.js';
import { List } from './list.js';
import { byHour, columns, spark, asSpan } from './plots.js';
import { mistake } from './query.js';
import { Store } from './store.js';
import { brief, clause, longTime, shortTime } from './words.js';

/** Points of the small plots: ten minutes, one each five seconds. */
const HISTORY = 120;
/** What a list that grows fast is drawn again after, at most. */
const BREATH = 120;

const store = new Store();
const desk = { topics: [], sources: [], channels: [], history: [], status: null, live: false, place: '' };
const names = new Map();
const topicName = (id) => names.get(id) ?? id;
const query = at('query');

const list = new List(at('list'), drawRow, (item, open) => openItem(item.id, open));
const article = new Article(at('item'), {
  get topics() { return desk.topics; },
  get sources() { return desk.sources; },
  get channels() { return desk.channels; },
  filter: addClause,
  open: (id) => openItem(id, true),
  closed: closeItem,
});
const stream = new Stream(hear, (stands) => {
  desk.live = stands;
  drawState();
});

// ---- items ----

function drawRow(row, item) {
  const topics = item.topics.slice(0, 3).map(([id]) => topicName(id)).join(' ');
  const source = desk.sources.find((s) => s.name === item.source)?.title || item.source;
  const where = item.page ? `${source} ${item.page}` : source;
  row.className = `row${item.action === 'kill' ? ' killed' : ''}${item.seq > (desk.seen ?? Infinity) ? ' new' : ''}`;
  put(row,
    h('p', { class: 'head', lang: 'zh-Hans' }, item.title),
    h('p', { class: 'meta' },
      h('time', { dateTime: new Date(item.time).toISOString(), title: longTime(item.time) }, shortTime(item.time)),
      h('span', { class: 'where', lang: 'zh-Hans' }, where),
      item.kind === 'news' ? null : h('span', { class: 'sort' }, item.kind),
      h('span', { class: 'topics', lang: 'zh-Hans' }, topics),
      item.doubts ? h('span', { class: 'doubts', title: `${item.doubts} repairs and doubts` }, `⚑${item.doubts}`) : null,
      item.elder ? h('span', { class: 'sort' }, 'told before') : null,
      item.revision > 1 ? h('span', { class: 'rev' }, item.action === 'kill' ? 'killed' : `rev ${item.revision}`) : null));
}

function drawList() {
  const shown = store.shown();
  const fresh = list.atTop || !list.values.length ? 0 : shown.filter((i) => i.seq > desk.seen).length;
  if (list.atTop) desk.seen = Math.max(desk.seen ?? 0, desk.arrived ?? 0);
  list.show(shown);
  const all = store.items.size;
  const of = shown.length === all ? `${all.toLocaleString()} items` : `${shown.length.toLocaleString()} of ${all.toLocaleString()} items`;
  at('count').textContent = desk.note ? `${of}; ${desk.note}` : of;
  const button = at('fresh');
  button.hidden = !fresh;
  button.textContent = `↑ ${fresh} new`;
}

let pending;
function soon() {
  pending ??= setTimeout(() => {
    pending = null;
    drawList();
    drawRates();
  }, BREATH);
}

function openItem(id, open) {
  list.chosen = id;
  list.point();
  document.body.classList.remove('shows-figures');
  if (open) document.body.classList.add('reads');
  history.replaceState(null, '', `#${id}`);
  article.show(id);
}

function closeItem() {
  document.body.classList.remove('reads', 'shows-figures');
  at('list').focus({ preventScroll: true });
}

function showFigures() {
  article.close();
  list.chosen = null;
  list.point();
  document.body.classList.add('reads', 'shows-figures');
  history.replaceState(null, '', '#');
  drawFigures();
  at('item').scrollTop = 0;
}

function drawFigures() {
  figures(at('item'), { items: store.all, history: desk.history, status: desk.status, name: topicName, filter: addClause });
  at('item').prepend(h('div', { class: 'bar' }, h('button', { type: 'button', class: 'plain back', onclick: closeItem }, '‹ Items')));
}

// ---- what arrives ----

function hear(kind, told) {
  switch (kind) {
    case 'item':
    case 'match':
      desk.place = stream.place;
      desk.arrived = told.seq;
      if (store.take(told, kind === 'match')) {
        soon();
        article.changed(told.id);
      }
      break;
    case 'channel':
      store.deliver(told);
      if (store.channel === told.channel) soon();
      break;
    case 'status':
      desk.status = told;
      desk.history.push(told);
      if (desk.history.length > HISTORY) desk.history.shift();
      drawState();
      drawRates();
      drawSmall();
      if (!article.id && !at('item').contains(document.activeElement)) drawFigures();
      break;
    case 'reset':
      load();
      break;
  }
}

function drawState() {
  const s = desk.status;
  const entry = (term, value, look) => [h('dt', {}, term), h('dd', { class: look ?? '' }, value)];
  put(at('state'),
    entry('stream', desk.live ? 'live' : 'waiting', desk.live ? 'live' : 'away'),
    s ? entry('backlog', brief(s.enrich + s.fanout), s.enrich + s.fanout > 1000 ? 'away' : '') : [],
    s?.p50 === undefined ? [] : entry('latency', asSpan(s.p50)),
    s?.dead ? entry('dead letters', brief(s.dead), 'away') : []);
}

// ---- channels ----

function drawChannels() {
  const entry = (name, told, channel) => {
    const state = channel?.standing === 'paused' ? 'paused' : channel?.standing === 'behind' ? 'catching up' : '';
    return h('li', { data: { channel: name } },
      h('button', { type: 'button', class: 'plain', title: channel?.query ?? '', onclick: () => choose(name) },
        h('span', { class: 'name' }, told), state ? h('span', { class: 'by' }, state) : null,
        h('span', { class: 'rate' })),
      channel ? h('button', { type: 'button', class: 'plain edit', 'aria-label': `Edit ${name}`, onclick: () => editChannel(channel) }, '✎') : null);
  };
  put(at('channels'), entry('', 'Everything', null), desk.channels.map((c) => entry(c.name, c.name, c)));
  drawRates();
}

/** Writes rates into the channels that are there: a button that is being pressed must not be another one. */
function drawRates() {
  const rates = desk.status?.channels ?? {};
  for (const li of at('channels').children) {
    const { channel } = li.dataset;
    const rate = li.querySelector('.rate');
    li.firstChild.setAttribute('aria-pressed', String(store.channel === channel));
    if (!channel) {
      rate.textContent = brief(store.items.size);
      continue;
    }
    const [hour, day] = rates[channel] ?? [0, 0];
    rate.title = `${hour} in the last hour, ${day} in 24 hours`;
    put(rate, hour ? h('b', {}, `${brief(hour)}/h `) : null, brief(day));
  }
}

function choose(name) {
  store.channel = name;
  desk.seen = desk.arrived;
  at('list').scrollTop = 0;
  drawRates();
  drawList();
  showSide(false);
}

async function editChannel(channel) {
  const saved = await edit(channel, query.value.trim());
  if (!saved) return;
  if (saved === '-' && store.channel === channel?.name) store.channel = '';
  desk.channels = await get('/channels');
  drawChannels();
}

function showSide(on) {
  document.body.classList.toggle('sides', on);
  at('menu').setAttribute('aria-expanded', String(on));
}

function drawSmall() {
  const hours = byHour(store.items.values(), 24, Date.now());
  const latency = desk.history.map((p) => p.p50 ?? null);
  const now = latency.at(-1) ?? null;
  const queue = desk.history.map((p) => p.enrich + p.fanout);
  const plot = (told, drawn) => h('figure', {}, h('figcaption', {}, told), drawn);
  put(at('small-plots'),
    plot('Items by hour', columns(hours, topicName, { width: 180, height: 44, axis: false })),
    plot('Backlog', spark(queue, `Backlog, now ${queue.at(-1) ?? 0}`, { width: 180, least: 10 })),
    plot('Latency', spark(latency, now === null ? 'Latency, nothing delivered lately' : `Latency, now ${asSpan(now)}`, { width: 180, look: 's1', least: 100 })));
}

// ---- filter ----

let asking;
async function search() {
  const q = query.value.trim();
  asking?.abort();
  asking = new AbortController();
  desk.note = '';
  desk.seen = desk.arrived;
  if (!q) {
    store.wanted = null;
    mistake(at('mistake'), '', null);
    stream.open(desk.place, '');
    at('list').scrollTop = 0;
    drawList();
    return;
  }
  at('stream').classList.add('busy');
  try {
    const found = await get(`/search?${new URLSearchParams({ q })}`, asking.signal);
    mistake(at('mistake'), '', null);
    store.found(found.items);
    if (found.matched > found.items.length) desk.note = `the newest of ${found.matched.toLocaleString()}`;
    stream.open(found.at, q);
    at('list').scrollTop = 0;
    drawList();
  } catch (error) {
    if (error.name === 'AbortError') return;
    if (error instanceof Refused) mistake(at('mistake'), query.value.trim(), error.problem);
    else say(error.message);
  }
  at('stream').classList.remove('busy');
}
const searchSoon = debounced(search, 300);

function addClause(field, value) {
  const more = clause(field, value);
  if (!query.value.includes(more)) query.value = `${query.value} ${more}`.trim();
  search();
}

function drawMenus() {
  const { topics, places, people } = store.frequent(60);
  const menu = (node, title, entries) => put(node, h('option', { value: '' }, title), entries.map((e) => h('option', { value: e.key }, `${e.name} ${e.n}`)));
  menu(at('by-topic'), 'Topic', topics.map((t) => ({ ...t, name: topicName(t.key) })));
  menu(at('by-place'), 'Place', places);
  menu(at('by-person'), 'Person', people);
}

// ---- keys ----

const KEYS = {
  'j': () => list.move(1),
  'k': () => list.move(-1),
  '/': () => { query.focus(); query.select(); },
  '?': () => help(),
  'c': () => { showSide(true); at('channels').querySelector('button')?.focus(); },
  'e': () => editChannel(null),
  'g': () => showFigures(),
  's': () => article.lines(),
  'r': () => at('item').querySelector('.rail button, .rail [tabindex]')?.focus(),
  'x': () => article.kill(),
  '[': () => turn(-1),
  ']': () => turn(1),
};

function turn(step) {
  const all = article.given?.revisions.map((r) => r.revision) ?? [];
  const next = all[all.indexOf(article.given?.shown) + step];
  if (next) article.given.turn(next);
}

document.addEventListener('keydown', (event) => {
  if (isAsking() || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const writing = event.target.matches('input, textarea, select');
  if (event.key === 'Escape') return leave(writing);
  if (writing) return;
  if (event.key === 'Enter' && event.target === at('list') && list.chosen) {
    event.preventDefault();
    openItem(list.chosen, true);
    at('item').focus();
  } else if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && event.target === at('list')) {
    event.preventDefault();
    list.move(event.key === 'ArrowDown' ? 1 : -1);
  } else if (KEYS[event.key]) {
    event.preventDefault();
    if ('jk'.includes(event.key)) at('list').focus({ preventScroll: true });
    KEYS[event.key]();
  }
});

/** Esc: out of what one is in, else the filter is cleared. */
function leave(writing) {
  if (document.body.classList.contains('sides')) return showSide(false);
  if (writing) {
    if (document.activeElement === query && query.value && !at('mistake').hidden) {
      query.value = '';
      search();
    }
    return at('list').focus();
  }
  if (document.body.classList.contains('reads') || at('item').contains(document.activeElement)) return closeItem();
  if (query.value || store.channel) {
    query.value = '';
    store.channel = '';
    drawRates();
    search();
  }
}

// ---- start ----

async function load() {
  try {
    const [told, items] = await Promise.all([get('/overview'), get('/items')]);
    Object.assign(desk, { topics: told.topics, sources: told.sources, channels: told.channels, history: told.history, place: items.at });
    names.clear();
    for (const topic of desk.topics) names.set(topic.id, topic.name);
    store.load(items.items);
    desk.arrived = desk.seen = items.items.at(-1)?.seq ?? 0;
    drawChannels();
    drawMenus();
    drawSmall();
    drawState();
    drawList();
    if (query.value.trim()) await search();
    else stream.open(desk.place, '');
    const id = location.hash.slice(1);
    if (id) openItem(id, true);
    else if (!article.id) drawFigures();
    document.body.dataset.ready = 'true';
  } catch (error) {
    at('count').textContent = `${error.message}; trying again`;
    setTimeout(load, 3000);
  }
}

at('date').textContent = new Intl.DateTimeFormat(undefined, { dateStyle: 'full' }).format(new Date());
at('filter').addEventListener('submit', (event) => {
  event.preventDefault();
  search();
  at('list').focus();
});
query.addEventListener('input', searchSoon);
for (const [id, field] of [['by-topic', 'topic'], ['by-place', 'place'], ['by-person', 'person']]) {
  const menu = at(id);
  menu.addEventListener('pointerdown', drawMenusOnce);
  menu.addEventListener('focus', drawMenusOnce);
  menu.addEventListener('change', () => {
    if (menu.value) addClause(field, menu.value);
    menu.value = '';
  });
}
function drawMenusOnce() {
  if (desk.menus === store.items.size) return;
  desk.menus = store.items.size;
  drawMenus();
}
at('list').addEventListener('scroll', () => {
  if (list.atTop && !at('fresh').hidden) drawList();
}, { passive: true });
at('fresh').addEventListener('click', () => {
  at('list').scrollTop = 0;
  drawList();
});
at('menu').addEventListener('click', () => showSide(!document.body.classList.contains('sides')));
at('new-channel').addEventListener('click', () => editChannel(null));
at('figures').addEventListener('click', showFigures);
at('help').addEventListener('click', help);
load();

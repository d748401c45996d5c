// One item, whole: heads, body, what is known of it, its source, and what an editor can do with it.

import { at, h, put, say } from './dom.js';
import { change, get } from './api.js';
import { body, line, marksOf } from './body.js';
import * as rail from './rail.js';
import { ask, confirmKill } from './dialogs.js';
import { issueDate, longTime } from './words.js';

/** Shows items in `room`. `desk` has `topics`, `sources`, `filter(field, value)`, `open(id)`, `closed()`. */
export class Article {
  constructor(room, desk) {
    this.room = room;
    this.desk = desk;
    this.id = null;
    this.lit = [];
    for (const kind of ['pointerover', 'focusin']) room.addEventListener(kind, (e) => this.light(e.target));
    for (const kind of ['pointerleave', 'focusout']) room.addEventListener(kind, () => this.unlight());
  }

  /** Shows the item of this id, or another revision of it; keeps the place in the text when it is the same item. */
  async show(id, revision) {
    const same = id === this.id;
    this.asking?.abort();
    this.asking = new AbortController();
    this.id = id;
    let answer;
    try {
      answer = await get(`/items/${encodeURIComponent(id)}${revision ? `?revision=${revision}` : ''}`, this.asking.signal);
    } catch (error) {
      if (error.name === 'AbortError') return;
      put(this.room, h('p', { class: 'none' }, error.message));
      return;
    }
    const top = same ? this.room.scrollTop : 0;
    this.source = same ? this.source : null;
    this.draw(answer);
    this.room.scrollTop = top;
    if (this.source) this.lines(true);
  }

  /** Shows it again when it is this item that changed. */
  changed(id) {
    if (id === this.id && !this.old) this.show(id);
  }

  close() {
    this.asking?.abort();
    this.id = null;
    this.source = null;
  }

  draw({ event, revisions, why, before }) {
    const { item, enrichment } = event.data;
    const e = enrichment;
    const newest = revisions.at(-1)?.revision ?? e.revision;
    this.old = e.revision !== newest;
    const closed = this.old || e.action === 'kill';
    const head = (role) => item.headlines?.find((x) => x.role === role)?.value;
    const marked = (role, field) => line(head(role) ?? '', marksOf(e, why, field));
    const zh = item.language || 'zh-Hans';
    const source = this.desk.sources.find((s) => s.name === e.sourceName);
    const page = e.issue.page ? `page ${e.issue.page}` : null;
    const meta = [source?.title || e.sourceName, issueDate(e.issue), page, e.kind, item.pubStatus === 'usable' ? null : item.pubStatus];
    const compared = before !== undefined && (this.old || e.action === 'update') ? new Set(before.split('\n')) : null;
    const given = {
      compared,
      enrichment: e, why, closed, revisions, revision: e.revision, all: this.desk.topics, shown: e.revision,
      others: this.desk.channels.filter((c) => !why.some((w) => w.channel === c.name)),
      askWhy: (channel) => get(`/items/${encodeURIComponent(e.id)}/why/${encodeURIComponent(channel)}`),
      filter: this.desk.filter, open: this.desk.open,
      decide: (topic, verdict) => this.decide(topic, verdict),
      turn: (revision) => this.show(e.id, revision === newest ? undefined : revision),
    };
    this.given = given;
    this.shownEvent = event;
    const text = body(item, e, why, compared);
    put(this.room,
      h('article', { class: e.action === 'kill' ? 'killed' : '', data: { id: e.id } },
        this.bar(e, closed),
        this.old ? h('p', { class: 'notice' }, `Revision ${e.revision} of ${newest}. `, h('button', { type: 'button', onclick: () => this.show(e.id) }, 'Show the newest')) : null,
        e.action === 'kill' ? h('p', { class: 'notice kill' }, `Killed ${longTime(event.time)}. ${e.reason ?? ''}`) : null,
        h('header', { lang: zh },
          e.slogan ? h('p', { class: 'slogan' }, e.slogan) : null,
          head('kicker') ? h('p', { class: 'kicker' }, marked('kicker', 'kicker')) : null,
          h('h2', {}, head('main') ? marked('main', 'headline') : item.title),
          head('deck') ? h('p', { class: 'deck' }, marked('deck', 'deck')) : null,
          e.byline?.raw ? h('p', { class: 'byline' }, e.byline.raw.replaceAll('*', '')) : null,
          h('p', { class: 'meta', lang: 'en' }, meta.filter(Boolean).join(' · '), jump(e.continuation))),
        h('div', { class: 'spread' },
          h('div', { class: 'reading' }, text),
          this.side = h('aside', { class: 'source', hidden: true, 'aria-label': 'Source lines' }),
          h('aside', { class: 'rail', 'aria-label': 'What is known of it' },
            rail.topics(given), rail.flags(given), rail.channels(given), rail.entities(given), rail.revisions(given), rail.origin(given)))));
    this.spans = new Map();
    for (const span of this.room.querySelectorAll('[data-refs]')) {
      for (const ref of span.dataset.refs.split(' ')) {
        if (!this.spans.has(ref)) this.spans.set(ref, []);
        this.spans.get(ref).push(span);
      }
    }
  }

  bar(e, closed) {
    return h('div', { class: 'bar', role: 'toolbar', 'aria-label': 'Item' },
      h('button', { type: 'button', class: 'plain back', onclick: () => this.desk.closed() }, '‹ Items'),
      this.toggle = h('button', { type: 'button', class: 'plain', 'aria-pressed': 'false', 'aria-keyshortcuts': 's', onclick: () => this.lines() }, 'Source lines'),
      closed ? null : h('button', { type: 'button', class: 'plain danger', 'aria-keyshortcuts': 'x', onclick: () => this.kill() }, 'Kill…'));
  }

  /** Shows or hides the lines of the file beside the body. */
  async lines(on = this.side?.hidden) {
    if (!this.id || !this.side) return;
    this.source = on;
    this.side.hidden = !on;
    this.toggle.setAttribute('aria-pressed', String(on));
    this.room.querySelector('article')?.classList.toggle('beside', on);
    if (!on) return;
    const side = this.side;
    try {
      const revision = this.old ? `?revision=${this.shownEvent.data.enrichment.revision}` : '';
      const { id } = this.shownEvent.data.enrichment;
      const { files } = await get(`/items/${encodeURIComponent(id)}/source${revision}`);
      put(side, files.map((f) => h('section', {},
        h('h3', {}, `${f.file} `, h('span', { class: 'by' }, f.encoding)),
        h('ol', { lang: 'zh-Hans' }, f.lines.map((l) => h('li', { value: l.n, class: l.read ? 'read' : '' }, l.text || '\u00a0'))))));
    } catch (error) {
      put(side, h('p', { class: 'none' }, error.message));
    }
  }

  async decide(topic, verdict) {
    const { id } = this.shownEvent.data.enrichment;
    const by = localStorage.getItem('copydesk.by') || await ask('Who decides?', 'Your name is shown on the item, and is remembered here.');
    if (!by) return;
    localStorage.setItem('copydesk.by', by);
    await this.act(id, 'topics', { topic, verdict, by });
  }

  async kill() {
    if (!this.id || !this.shownEvent || this.given.closed) return;
    const { item, enrichment: { id } } = this.shownEvent.data;
    const reason = await confirmKill(item.title);
    if (reason) await this.act(id, 'kill', { reason });
  }

  /** Changes the item that is seen: while another one is on its way, `this.id` is that one's already. */
  async act(id, what, told) {
    try {
      const { said } = await change('POST', `/items/${encodeURIComponent(id)}/${what}`, told);
      say(said);
      if (id === this.id) await this.show(id);
    } catch (error) {
      say(error.message);
    }
    at('item').focus({ preventScroll: true });
  }

  /** Lights up in the text what the rail points at, and in the rail what the text points at. */
  light(target) {
    const row = target.closest?.('[data-ref]');
    const span = target.closest?.('[data-refs]');
    this.unlight();
    if (row) this.lit = this.spans?.get(row.dataset.ref) ?? [];
    else if (span) this.lit = span.dataset.refs.split(' ').flatMap((ref) => [...this.room.querySelectorAll(`[data-ref="${CSS.escape(ref)}"]`)]);
    for (const node of this.lit) node.classList.add('lit');
  }

  unlight() {
    for (const node of this.lit) node.classList.remove('lit');
    this.lit = [];
  }
}

function jump(continuation) {
  if (!continuation) return null;
  const { from, to, joined } = continuation;
  const pages = [from && `from page ${from}`, to && `to page ${to}`].filter(Boolean).join(', ');
  return pages ? ` · continued ${pages}${joined ? ', joined' : ''}` : null;
}

// The channel editor: a name and a query, tried over the archive while it is written.

import { debounced, h, put, say } from './dom.js';
import { change, get, Refused } from './api.js';
import { dialog } from './dialogs.js';
import { mistake } from './query.js';
import { bars } from './plots.js';
import { shortTime } from './words.js';

const PAUSE = 350;

/** Edits `channel`, or makes one from a query. Answers the name of what was saved, `-` for one removed. */
export function edit(channel, query = '') {
  const isNew = !channel;
  const fixed = channel?.fixed;
  const title = isNew ? 'New channel' : fixed ? `Channel ${channel.name}` : `Edit channel ${channel.name}`;
  return dialog(title, (close) => {
    const name = h('input', { type: 'text', value: channel?.name ?? '', readOnly: !isNew, required: true, maxLength: 64, pattern: '[a-z0-9][a-z0-9_\\-]*', autocomplete: 'off', spellcheck: false });
    const field = h('textarea', { rows: 3, maxLength: 4000, spellcheck: false, 'aria-describedby': 'query-mistake', autofocus: true });
    field.value = channel?.query ?? query;
    const note = h('input', { type: 'text', value: channel?.note ?? '', maxLength: 200, placeholder: 'Whom it is for' });
    const days = h('select', {}, [['1', 'the last day'], ['7', 'the last 7 days'], ['30', 'the last 30 days'], ['', 'the whole archive']].map(([v, t]) => h('option', { value: v, selected: v === '7' }, t)));
    const backfill = h('input', { type: 'checkbox' });
    const wrong = h('div', { class: 'mistake', id: 'query-mistake', hidden: true });
    const result = h('div', { class: 'trial', 'aria-live': 'polite' });
    let asking;
    const test = async () => {
      asking?.abort();
      asking = new AbortController();
      const q = field.value.trim();
      if (!q) return put(result, h('p', { class: 'none' }, 'Write a query: what it would have got is shown here.'));
      result.classList.add('busy');
      try {
        const found = await get(`/trial?${new URLSearchParams({ q, days: days.value })}`, asking.signal);
        mistake(wrong, q, null);
        put(result, outcome(found));
      } catch (error) {
        if (error.name === 'AbortError') return;
        if (error instanceof Refused && error.problem.message) mistake(wrong, field.value, error.status === 422 ? shifted(error.problem, field.value) : error.problem);
        put(result);
      }
      result.classList.remove('busy');
    };
    const soon = debounced(test, PAUSE);
    field.addEventListener('input', soon);
    days.addEventListener('change', test);
    field.addEventListener('keydown', (e) => {
      if (e.key !== 'Enter' || e.shiftKey) return;
      // A query is one line.
      e.preventDefault();
      test();
    });
    test();
    const act = async (method, body, done) => {
      try {
        const { said } = await change(method, `/channels/${encodeURIComponent(name.value)}`, body);
        say(said);
        close(done);
      } catch (error) {
        mistake(wrong, field.value, error.problem ?? { message: error.message });
      }
    };
    const save = (event) => {
      event.preventDefault();
      act('PUT', { query: field.value.trim(), note: note.value.trim(), replace: !isNew, backfill: backfill.checked }, name.value);
    };
    return [h('form', { method: 'dialog', onsubmit: save },
      h('label', {}, 'Name', name),
      h('label', {}, 'Query', field), wrong,
      fixed ? h('p', { class: 'none' }, 'A channel of channels.toml: try another query here, change it there.') : [
        h('label', {}, 'Note', note),
        h('label', { class: 'check' }, backfill, 'Also deliver what the archive has for it')],
      h('div', { class: 'try' }, h('label', {}, 'Try it over ', days)), result,
      h('p', { class: 'buttons' },
        !isNew && !fixed ? h('button', { type: 'button', class: 'plain danger', onclick: () => act('DELETE', undefined, '-') }, 'Remove') : null,
        h('button', { type: 'button', class: 'plain', onclick: () => close() }, fixed ? 'Close' : 'Cancel'),
        fixed ? null : h('button', {}, 'Save')))];
  }, 'editor');
}

/** The server saw the query without the blanks before it. */
function shifted(problem, written) {
  const blank = written.length - written.trimStart().length;
  if (problem.start === undefined) return problem;
  return { ...problem, start: problem.start + blank, end: problem.end + blank };
}

function outcome({ matched, searched, days, samples }) {
  return [
    h('p', {}, h('strong', {}, `${matched}`), ` of ${searched} items match`),
    days.length > 1 ? bars(days.map(([day, n]) => ({ label: day, value: n })), 'Items a day') : null,
    h('ol', {}, samples.map((s) => h('li', {},
      h('span', { class: 'title', lang: 'zh-Hans' }, s.title),
      h('span', { class: 'by' }, ` ${shortTime(s.time)} `, s.why.map((w) => `${w.field}:${w.value}`).join(' '))))),
  ];
}

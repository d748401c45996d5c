// Beside an item: topics, channels, entities, repairs, revisions, source. What is pointed at lights up in the text.

import { h } from './dom.js';
import { ENTITIES, ENTITY_KINDS, FLAGS, REPAIRS, longTime, value } from './words.js';

/** A part of the rail; nothing where it would be empty. */
function part(title, ...children) {
  const kept = children.flat().filter(Boolean);
  return kept.length ? h('section', {}, h('h3', {}, title), kept) : null;
}

/** Topics with score, evidence, and a person's word on each. */
export function topics({ enrichment, all, decide, filter, closed }) {
  const decided = new Map(enrichment.decisions?.map((d) => [d.topic, d]));
  const rows = enrichment.topics.map((topic) => {
    const words = new Map();
    for (const e of topic.evidence) words.set(e.term, (words.get(e.term) ?? 0) + 1);
    const list = [...words].slice(0, 6).map(([term, n], i) => [i ? '  ' : null, h('span', {}, n > 1 ? `${term} ×${n}` : term)]);
    const decision = decided.get(topic.id);
    return h('li', { class: 'topic', tabIndex: 0, data: { ref: `t-${topic.id}` } },
      h('div', { class: 'line' },
        h('button', { type: 'button', class: 'name plain', title: `topic:${topic.id}`, onclick: () => filter('topic', topic.id) }, topic.name),
        h('meter', { min: 0, max: 1, value: topic.score, 'aria-label': `score ${topic.score.toFixed(2)}` }),
        h('span', { class: 'score' }, topic.score.toFixed(2)),
        closed ? null : decision ? undo(decision, decide) : verdicts(topic, decide)),
      topic.by ? h('p', { class: 'by' }, `set by ${topic.by}`) : h('p', { class: 'words', lang: 'zh-Hans' }, list));
  });
  const rejected = (enrichment.decisions ?? []).filter((d) => d.verdict === 'rejected');
  for (const d of rejected) {
    const name = all.find((t) => t.id === d.topic)?.name ?? d.topic;
    rows.push(h('li', { class: 'topic rejected' },
      h('div', { class: 'line' }, h('s', {}, name), h('span', { class: 'by' }, `taken off by ${d.by}`), closed ? null : undo(d, decide))));
  }
  const given = new Set([...enrichment.topics.map((t) => t.id), ...decided.keys()]);
  const others = all.filter((t) => !given.has(t.id));
  const add = h('select', { 'aria-label': 'Assert another topic', onchange: () => add.value && decide(add.value, 'assert') },
    h('option', { value: '' }, 'Assert another topic…'),
    others.map((t) => h('option', { value: t.id }, `${t.name} ${t.id}`)));
  return part('Topics', rows.length ? h('ul', {}, rows) : h('p', { class: 'none' }, 'No topic was given.'), closed ? null : add);
}

function verdicts(topic, decide) {
  return h('span', { class: 'verdicts' },
    h('button', { type: 'button', class: 'plain', title: 'Assert: it is about this', 'aria-label': `Assert ${topic.name}`, onclick: () => decide(topic.id, 'assert') }, '✓'),
    h('button', { type: 'button', class: 'plain', title: 'Reject: it is not about this', 'aria-label': `Reject ${topic.name}`, onclick: () => decide(topic.id, 'reject') }, '✗'));
}

function undo(decision, decide) {
  return h('button', { type: 'button', class: 'plain', title: `${decision.verdict} by ${decision.by}, ${longTime(decision.time)}`, onclick: () => decide(decision.topic, 'undo') }, 'Undo');
}

/** Why it went to which channel: the verdict on every part of each query. */
export function channels({ why, revision, others, askWhy }) {
  const row = (answer, i) => {
    const got = answer.got === undefined ? (answer.holds ? 'matches, not delivered' : 'not for it')
      : answer.got < 0 ? `withdrawn with revision ${-answer.got}`
      : answer.got === revision ? '' : `got revision ${answer.got}`;
    return h('li', { data: { ref: `w${i}` } },
      h('details', {},
        h('summary', {}, h('span', { class: 'name' }, answer.channel), got ? h('span', { class: 'by' }, got) : null),
        h('code', { class: 'query' }, answer.query),
        h('ul', { class: 'verdict' }, verdict(answer))));
  };
  const rows = why.map(row);
  const list = h('ul', { class: 'why' }, rows);
  const other = h('select', { 'aria-label': 'Why not another channel' },
    h('option', { value: '' }, 'Why not another channel…'), others.map((c) => h('option', { value: c.name }, c.name)));
  other.addEventListener('change', async () => {
    const name = other.value;
    other.value = '';
    if (!name) return;
    const answer = row(await askWhy(name), -1);
    answer.querySelector('details').open = true;
    list.append(answer);
    answer.querySelector('summary').focus();
  });
  return part('Channels and why', rows.length ? null : h('p', { class: 'none' }, 'It went to no channel.'), list, others.length ? other : null);
}

function verdict(explanation) {
  return h('li', { class: explanation.holds ? 'holds' : 'fails' },
    h('span', { 'aria-hidden': 'true' }, explanation.holds ? '✓ ' : '✗ '),
    h('code', {}, explanation.what),
    explanation.note ? h('span', { class: 'by' }, ` ${explanation.note}`) : null,
    explanation.parts?.length ? h('ul', {}, explanation.parts.map(verdict)) : null);
}

/** Entities by kind. */
export function entities({ enrichment, filter }) {
  const fields = { person: 'person', organisation: 'org', place: 'place' };
  const groups = ENTITY_KINDS.map((kind) => {
    const found = enrichment.entities.map((e, i) => ({ ...e, ref: `e${i}` })).filter((e) => e.kind === kind);
    if (!found.length) return null;
    return h('div', { class: `kind ${kind}` },
      h('h4', {}, ENTITIES[kind]),
      h('ul', { lang: 'zh-Hans' }, found.map((e) => {
        const told = [e.role, e.org, value(e)].filter(Boolean).join(' · ');
        const ask = () => filter(fields[kind], kind === 'place' && e.code ? e.code.value : e.name);
        const name = fields[kind] ? h('button', { type: 'button', class: 'plain name', onclick: ask }, e.name) : h('span', { class: 'name', tabIndex: 0 }, e.name);
        return h('li', { data: { ref: e.ref } }, name, told && told !== e.name ? h('span', { class: 'by' }, told) : null,
          e.mentions.length > 1 ? h('span', { class: 'times' }, `×${e.mentions.length}`) : null);
      })));
  });
  return part('Named in it', groups);
}

/** Repairs and doubts. */
export function flags({ enrichment, open }) {
  const rows = enrichment.quality.flags.map((flag, i) => {
    const elder = flag.code === 'duplicate' && enrichment.elder?.id;
    return h('li', { class: REPAIRS.has(flag.code) ? 'repair' : 'doubt', tabIndex: 0, data: { ref: `f${i}` } },
      h('span', { class: 'name' }, FLAGS[flag.code] ?? flag.code),
      flag.note ? h('span', { class: 'by' }, flag.note) : null,
      elder ? h('button', { type: 'button', class: 'plain', onclick: () => open(elder) }, 'Open it') : null);
  });
  return part('Repairs and doubts', rows.length && h('ul', { class: 'flags' }, rows));
}

/** Every stored revision, newest first. */
export function revisions({ revisions: all, shown, turn, compared }) {
  const rows = [...all].reverse().map((r) => h('li', {},
    h('button', { type: 'button', class: 'plain', 'aria-current': String(r.revision === shown), onclick: () => turn(r.revision) },
      h('span', { class: 'name' }, `${r.revision} ${r.action}`), h('time', { dateTime: r.time }, longTime(r.time))),
    r.reason ? h('span', { class: 'by' }, r.reason) : null));
  return part('Revisions', h('ol', { class: 'revisions' }, rows),
    compared ? h('p', { class: 'by' }, 'A line in the margin: changed since the revision before.') : null);
}

/** Where it was read from, and by what. */
export function origin({ enrichment }) {
  const read = (o) => `${o.file}, ${o.encoding}, lines ${o.lines.map(([a, b]) => (a === b ? a : `${a}–${b}`)).join(', ')}`;
  const { source, models } = enrichment;
  return part('Origin',
    h('p', {}, read(source)), source.rest ? h('p', {}, `joined with ${read(source.rest)}`) : null,
    h('p', { class: 'by' }, `${enrichment.id}`),
    h('p', { class: 'by' }, `entities ${models.entities}, topics ${models.topics}`));
}

// The body of an item: paragraphs in their sections, with entities, evidence, flags and reasons marked at their places.

import { h } from './dom.js';
import { Text, paragraphs, runs } from './text.js';
import { FLAGS, REPAIRS } from './words.js';

/** A flag on more than this is shown where it begins, and wholly when it is pointed at. */
const LONG_FLAG = 12;

/**
 * Every mark of a text. `ref` names what it belongs to: an entity `e0`, a topic `t-sport`, a flag `f0`, a reason `w0`.
 */
export function marksOf(enrichment, why, field) {
  const marks = [];
  const add = (span, ref, look) => marks.push({ start: span.start, end: span.end, ref, look });
  if (field === 'body') {
    enrichment.entities.forEach((entity, i) => {
      for (const span of entity.mentions) add(span, `e${i}`, `entity ${entity.kind}`);
    });
    enrichment.quality.flags.forEach((flag, i) => {
      if (flag.start === undefined) return;
      const suspect = flag.code === 'suspect-text' || flag.end - flag.start <= LONG_FLAG;
      const seen = suspect && !REPAIRS.has(flag.code) && flag.start < flag.end;
      add(flag, `f${i}`, seen ? `flagged ${flag.code}` : '');
    });
  }
  for (const topic of enrichment.topics) {
    for (const e of topic.evidence) if (e.in === field) add(e, `t-${topic.id}`, '');
  }
  why.forEach((answer, i) => {
    for (const hit of hits(answer)) if (hit.in === field) add(hit, `w${i}`, '');
  });
  return marks;
}

function hits(part) {
  return [...(part.hits ?? []), ...(part.parts ?? []).flatMap(hits)];
}

/** The text from `start` to `end` as text and marked pieces. */
export function pieces(text, start, end, marks) {
  return runs(start, end, marks).map((run) => {
    const words = text.slice(run.start, run.end);
    if (!run.marks.length) return words;
    // The shortest mark decides the look: a place in the name of an organisation is seen as a place.
    const looks = run.marks.filter((m) => m.look).sort((a, b) => a.end - a.start - (b.end - b.start));
    const flagged = looks.find((m) => m.look.startsWith('flagged'));
    const entity = looks.find((m) => m.look.startsWith('entity'));
    const look = [entity?.look, flagged?.look, 'piece'].filter(Boolean).join(' ');
    const refs = [...new Set(run.marks.map((m) => m.ref))].join(' ');
    return h('span', { class: look, data: { refs } }, words);
  });
}

/** A headline, kicker or deck. */
export function line(value, marks) {
  const text = new Text(value);
  return pieces(text, 0, text.length, marks);
}

/** The body set in its sections. `before` are paragraphs of the revision before, when changes are to be seen. */
export function body(item, enrichment, why, before) {
  const text = new Text(item.bodies[0]?.value ?? '');
  const marks = marksOf(enrichment, why, 'body');
  const flags = enrichment.quality.flags
    .map((flag, i) => ({ ...flag, ref: `f${i}` }))
    .filter((f) => f.start !== undefined);
  const heads = [...enrichment.subheads].sort((a, b) => a.start - b.start);
  const boxes = [...enrichment.sections].sort((a, b) => a.start - b.start);
  const root = h('div', { class: 'text', lang: item.language || 'zh-Hans' });
  let inside = null;
  let shown = null;
  const all = paragraphs(text);
  all.forEach((p, i) => {
    const box = boxes.find((b) => b.start < Math.max(p.end, p.start + 1) && p.start < b.end) ?? null;
    if (box !== shown) {
      shown = box;
      inside = box && root.appendChild(h('section', { class: 'box', 'aria-label': box.label }, h('h3', { class: 'label' }, box.label)));
    }
    const parent = inside ?? root;
    while (heads.length && heads[0].start < Math.max(p.end, p.start + 1)) parent.append(h('h3', { class: 'subhead' }, heads.shift().value));
    const mine = marks.filter((m) => m.start < p.end && m.end > p.start);
    const last = i + 1 === all.length;
    const points = flags.filter((f) => f.start >= p.start && (f.start < p.end || (f.start <= p.end && (last || p.start === p.end))));
    const words = text.slice(p.start, p.end);
    const changed = before && !before.has(words);
    parent.append(h('p', { class: changed ? 'changed' : undefined }, inParts(text, p, mine, points)));
  });
  return root;
}

/** A paragraph with a sign where a flag begins. */
function inParts(text, p, marks, points) {
  const parts = [];
  let from = p.start;
  for (const flag of points.sort((a, b) => a.start - b.start)) {
    parts.push(...pieces(text, from, flag.start, marks), sign(flag));
    from = flag.start;
  }
  parts.push(...pieces(text, from, p.end, marks));
  return parts;
}

function sign(flag) {
  const kind = REPAIRS.has(flag.code) ? 'repair' : 'doubt';
  const words = FLAGS[flag.code] ?? flag.code;
  const told = flag.note ? `${words}: ${flag.note}` : words;
  return h('span', { class: `sign ${kind}`, role: 'note', 'aria-label': told, title: told, data: { refs: flag.ref } });
}

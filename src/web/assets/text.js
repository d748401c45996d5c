// Places in texts. The desk counts Unicode code points, end exclusive; a JavaScript string counts UTF-16 units. They are
// the same until the first character beyond U+FFFF (𬬻, 𠮷, emoji).

/** Reads a text by code points. */
export class Text {
  constructor(value) {
    this.value = value;
    this.units = /[\ud800-\udbff]/.test(value) ? units(value) : null;
  }

  /** Code points in it. */
  get length() {
    return this.units ? this.units.length - 1 : this.value.length;
  }

  /** The part from one code point to another. */
  slice(start, end) {
    if (!this.units) return this.value.slice(start, end);
    const last = this.units.length - 1;
    return this.value.slice(this.units[Math.min(start, last)], this.units[Math.min(end, last)]);
  }
}

/** UTF-16 unit at which each code point begins, and the end. */
function units(value) {
  const found = new Uint32Array(value.length + 1);
  let points = 0;
  let unit = 0;
  for (const character of value) {
    found[points++] = unit;
    unit += character.length;
  }
  found[points] = unit;
  return found.subarray(0, points + 1);
}

/** Paragraphs of a body: `[start, end)` in code points, without the line breaks between them. */
export function paragraphs(text) {
  const found = [];
  let start = 0;
  for (const part of text.value.split('\n')) {
    const end = start + (text.units ? [...part].length : part.length);
    found.push({ start, end });
    start = end + 1;
  }
  return found;
}

/**
 * Cuts `[start, end)` wherever a mark begins or ends: runs in order, each with the marks that cover it. Marks may overlap
 * and lie in each other; those that reach beyond are cut. Linear in marks and runs, after sorting.
 */
export function runs(start, end, marks) {
  const within = marks
    .map((m) => ({ mark: m, start: Math.max(m.start, start), end: Math.min(m.end, end) }))
    .filter((m) => m.start < m.end);
  const cuts = [...new Set([start, end, ...within.flatMap((m) => [m.start, m.end])])].sort((a, b) => a - b);
  within.sort((a, b) => a.start - b.start);
  const found = [];
  let open = [];
  let next = 0;
  for (let i = 0; i + 1 < cuts.length; i++) {
    open = open.filter((m) => m.end > cuts[i]);
    while (next < within.length && within[next].start === cuts[i]) open.push(within[next++]);
    found.push({ start: cuts[i], end: cuts[i + 1], marks: open.map((m) => m.mark) });
  }
  return found;
}

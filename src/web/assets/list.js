// A list of any length of which only the visible rows exist. Rows are all of one height, which the style sheet sets.

import { h, put } from './dom.js';

const SPARE = 6;

/** The list in `box`; `draw(row, value)` fills a row, `choose(value, open)` hears of a choice. */
export class List {
  constructor(box, draw, choose) {
    this.box = box;
    this.draw = draw;
    this.choose = choose;
    this.values = [];
    this.chosen = null;
    this.rows = [];
    this.space = h('div', { class: 'space', role: 'presentation' });
    put(box, this.space);
    this.height = Number.parseFloat(getComputedStyle(box).getPropertyValue('--row')) || 58;
    box.addEventListener('scroll', () => this.later(), { passive: true });
    new ResizeObserver(() => this.later()).observe(box);
    this.space.addEventListener('click', (event) => {
      const row = event.target.closest('.row');
      if (row) this.select(row.dataset.id, true);
    });
  }

  /** Shows `values`, newest first. What the reader looks at stays where it is unless that is the top. */
  show(values) {
    const top = this.box.scrollTop;
    const before = this.values;
    this.values = values;
    this.space.style.height = `${values.length * this.height}px`;
    if (top >= this.height && before.length && values.length > before.length) {
      const looked = before[Math.floor(top / this.height)];
      const moved = looked ? values.indexOf(looked) : -1;
      if (moved >= 0) this.box.scrollTop = moved * this.height + (top % this.height);
    }
    this.fresh = true;
    // At once: a frame with the new place and the old rows would be seen as a jump.
    this.paint();
  }

  get atTop() {
    return this.box.scrollTop < this.height;
  }

  later() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.paint();
    });
  }

  paint() {
    const { height, values, rows } = this;
    const first = Math.max(0, Math.floor(this.box.scrollTop / height) - SPARE);
    const last = Math.min(values.length, Math.ceil((this.box.scrollTop + this.box.clientHeight) / height) + SPARE);
    const need = Math.max(0, last - first);
    while (rows.length < need) {
      const row = h('div', { class: 'row', role: 'option' });
      rows.push(row);
      this.space.append(row);
    }
    // A row shows the same value as long as it is visible: only those that come into view are drawn.
    const free = rows.length;
    for (let i = first; i < last; i++) {
      const row = rows[i % free];
      if (row.index !== i || row.value !== values[i] || this.fresh) this.fill(row, i);
    }
    for (const row of rows) row.hidden = row.index < first || row.index >= last;
    this.fresh = false;
    this.point();
  }

  fill(row, index) {
    const value = this.values[index];
    row.index = index;
    if (row.value !== value || this.fresh) {
      row.value = value;
      row.dataset.id = value.id;
      row.id = `row-${value.id}`;
      this.draw(row, value);
    }
    row.style.transform = `translateY(${index * this.height}px)`;
    row.setAttribute('aria-posinset', index + 1);
    row.setAttribute('aria-setsize', this.values.length);
  }

  point() {
    let active = '';
    for (const row of this.rows) {
      const chosen = !row.hidden && row.value?.id === this.chosen;
      row.setAttribute('aria-selected', chosen);
      if (chosen) active = row.id;
    }
    if (active) this.box.setAttribute('aria-activedescendant', active);
    else this.box.removeAttribute('aria-activedescendant');
  }

  /** Chooses the item of this id; `open` shows it on narrow pages too. */
  select(id, open) {
    this.chosen = id;
    this.point();
    const value = this.values.find((v) => v.id === id);
    if (value) this.choose(value, open);
  }

  /** Chooses the next item in a direction, and brings it into view. */
  move(step) {
    if (!this.values.length) return;
    const now = this.values.findIndex((v) => v.id === this.chosen);
    const next = now < 0 ? 0 : Math.max(0, Math.min(this.values.length - 1, now + step));
    this.reveal(next);
    this.select(this.values[next].id, false);
  }

  reveal(index) {
    const { box, height } = this;
    const top = index * height;
    if (top < box.scrollTop) box.scrollTop = top;
    else if (top + height > box.scrollTop + box.clientHeight) box.scrollTop = top + height - box.clientHeight;
    this.paint();
  }
}

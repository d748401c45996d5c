// What the page knows: items by id with their channels, newest last, and which of them a filter wants.

/** Items of the desk, at most `most`. */
export class Store {
  constructor(most = 12_000) {
    this.most = most;
    this.items = new Map();
    this.wanted = null;
    this.channel = '';
  }

  /** All items, oldest first. */
  get all() {
    return [...this.items.values()];
  }

  /** Replaces everything. */
  load(items) {
    this.items = new Map(items.map((item) => [item.id, ready(item)]));
  }

  /** Takes a new item or a new revision, which is the newest then; `matches` where a filter is on. */
  take(item, matches) {
    const before = this.items.get(item.id);
    if (before && before.seq >= item.seq) return false;
    ready(item);
    if (before) for (const channel of before.channels) item.channels.add(channel);
    this.items.delete(item.id);
    this.items.set(item.id, item);
    if (this.items.size > this.most) this.items.delete(this.items.keys().next().value);
    if (this.wanted) {
      if (matches) this.wanted.add(item.id);
      else this.wanted.delete(item.id);
    }
    return true;
  }

  /** An item went to a channel, or left it. */
  deliver({ id, channel, withdrawn }) {
    const channels = this.items.get(id)?.channels;
    if (withdrawn) channels?.delete(channel);
    else channels?.add(channel);
  }

  /** Adds what a search found in the archive, behind what is here. */
  found(items) {
    const missing = items.filter((item) => !this.items.has(item.id));
    if (missing.length) {
      const all = [...missing.map(ready), ...this.items.values()].sort((a, b) => a.seq - b.seq);
      this.items = new Map(all.map((item) => [item.id, item]));
    }
    this.wanted = new Set(items.map((item) => item.id));
  }

  /** What is shown, newest first. */
  shown() {
    const found = [];
    for (const item of this.items.values()) {
      if (this.wanted && !this.wanted.has(item.id)) continue;
      if (this.channel && !item.channels.has(this.channel)) continue;
      found.push(item);
    }
    return found.reverse();
  }

  /** The most frequent topics, places and persons, for the menus. */
  frequent(most) {
    const [topics, places, people] = [new Map(), new Map(), new Map()];
    const count = (map, key, name) => {
      const entry = map.get(key) ?? { key, name, n: 0 };
      entry.n += 1;
      map.set(key, entry);
    };
    for (const item of this.items.values()) {
      for (const [id] of item.topics) count(topics, id, id);
      for (const [code, name] of item.places) count(places, code || name, name);
      for (const name of item.people) count(people, name, name);
    }
    const best = (map) => [...map.values()].sort((a, b) => b.n - a.n).slice(0, most);
    return { topics: best(topics), places: best(places), people: best(people) };
  }
}

function ready(item) {
  item.channels = new Set(item.channels);
  return item;
}

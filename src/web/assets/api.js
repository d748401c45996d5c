// The server: questions, changes, and the stream of what happens.

/** What the server said no to. `problem` has `message`, and for a query `help`, `start`, `end` in code points. */
export class Refused extends Error {
  constructor(status, problem) {
    super(problem.message ?? `the server answers ${status}`);
    this.status = status;
    this.problem = problem;
  }
}

const BASE = '/api/desk';

/** Asks. */
export async function get(path, signal) {
  return answer(await fetch(BASE + path, { signal, headers: { accept: 'application/json' } }));
}

/** Changes something. */
export async function change(method, path, body) {
  const headers = { 'content-type': 'application/json', 'x-copydesk-csrf': '1' };
  return answer(await fetch(BASE + path, { method, headers, body: body && JSON.stringify(body) }));
}

async function answer(response) {
  const type = response.headers.get('content-type') ?? '';
  const body = type.includes('json') ? await response.json() : { message: await response.text() };
  if (!response.ok) throw new Refused(response.status, body);
  return body;
}

/** Follows the desk. `hear` is given the kind of event and its data, `alive` whether the stream stands. */
export class Stream {
  constructor(hear, alive) {
    this.hear = hear;
    this.alive = alive;
    this.place = '';
    this.query = '';
  }

  /** Goes on behind `place`, with items that fulfil `query` told apart. */
  open(place, query) {
    this.close();
    this.place = place;
    this.query = query;
    const asked = new URLSearchParams({ after: place });
    if (query) asked.set('q', query);
    const source = new EventSource(`${BASE}/stream?${asked}`);
    this.source = source;
    source.onopen = () => this.alive(true);
    source.onerror = () => {
      this.alive(false);
      // The browser tries again by itself, with Last-Event-ID, unless the server said no.
      if (source.readyState === EventSource.CLOSED) {
        this.timer = setTimeout(() => this.open(this.place, this.query), 3000);
      }
    };
    for (const kind of ['item', 'match', 'channel', 'status', 'reset']) {
      source.addEventListener(kind, (event) => {
        if (event.lastEventId) this.place = event.lastEventId;
        this.hear(kind, event.data ? JSON.parse(event.data) : null);
      });
    }
  }

  close() {
    clearTimeout(this.timer);
    this.source?.close();
  }
}

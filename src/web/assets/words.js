// Words of the page for words of the events.

export const ENTITY_KINDS = ['person', 'organisation', 'place', 'date', 'money', 'quantity'];

export const ENTITIES = {
  person: 'People',
  organisation: 'Organisations',
  place: 'Places',
  date: 'Dates',
  money: 'Sums',
  quantity: 'Quantities',
};

export const FLAGS = {
  'truncated': 'goes on elsewhere',
  'orphan': 'head is missing',
  'duplicate-paragraph': 'repeated text removed',
  'joined-paragraph': 'paragraph joined',
  'unwrapped': 'lines joined',
  'lost-column': 'text is missing',
  'reordered': 'columns put in order',
  'suspect-text': 'probably misread',
  'inferred-date': 'date concluded',
  'no-date': 'date not known',
  'markup': 'mark-up dropped',
  'privacy': 'private person named',
  'undecodable': 'bytes not readable',
  'duplicate': 'told before',
};

/** What was repaired; all other flags are doubts an editor should look at. */
export const REPAIRS = new Set(['duplicate-paragraph', 'joined-paragraph', 'unwrapped', 'reordered', 'markup']);

const DATES = { path: 'from the path', header: 'as printed', inferred: 'concluded', none: 'not known' };

/** `2025-03-18, as printed` */
export function issueDate(issue) {
  return issue.date ? `${issue.date} (${DATES[issue.dateFrom] ?? issue.dateFrom})` : 'date not known';
}

const TIME = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const DAY = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric' });
const LONG = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' });

/** `14:05` today, `Mar 18` before. */
export function shortTime(time) {
  const date = new Date(time);
  return date.toDateString() === new Date().toDateString() ? TIME.format(date) : DAY.format(date);
}

/** With day and second. */
export const longTime = (time) => LONG.format(new Date(time));

/** `1.3k` */
export function brief(n) {
  if (n < 1000) return String(n);
  if (n < 10_000) return `${(n / 1000).toFixed(1)}k`;
  return n < 1_000_000 ? `${Math.round(n / 1000)}k` : `${(n / 1_000_000).toFixed(1)}M`;
}

/** `85 ms`, `1.2 s`, `3 min`, `2 h` */
export function span(ms) {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  return ms < 3_600_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 3_600_000)} h`;
}

/** The value of an entity as people write it. */
export function value(entity) {
  if (entity.code) return entity.code.value;
  const v = entity.value;
  if (v === undefined || v === null) return '';
  if (typeof v === 'string') return v;
  const scale = { 1: '', 10000: '万', 100000000: '亿' }[v.scale] ?? ` × ${v.scale}`;
  const range = v.to ? `${v.amount}–${v.to}` : v.amount;
  const bound = { about: '≈', atleast: '≥', atmost: '≤' }[v.bound] ?? '';
  return `${bound}${range}${scale} ${v.currency ?? v.unit}`;
}

/** A clause of the query language; quotation marks where the value needs them. */
export function clause(field, text) {
  const plain = /^[\p{L}\p{N}_-]+$/u.test(text) && !/^(AND|OR|NOT|IN|TO)$/.test(text);
  return `${field}:${plain ? text : `"${text.replaceAll('"', '')}"`}`;
}

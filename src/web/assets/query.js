// A mistake in a query, shown under the part it is about.

import { h, put } from './dom.js';
import { Text } from './text.js';

/** Shows `problem` (message, help, start and end in code points) under `query` in `box`; hides it without one. */
export function mistake(box, query, problem) {
  box.hidden = !problem;
  if (!problem) return put(box);
  const text = new Text(query);
  const told = [h('p', {}, h('strong', {}, words(problem.message))), problem.help ? h('p', {}, words(problem.help)) : null];
  if (problem.start === undefined) return put(box, told);
  const { start } = problem;
  const end = Math.max(problem.end, start + 1);
  put(box,
    h('code', { class: 'pointed' }, text.slice(0, start), h('span', { class: 'wrong' }, text.slice(start, end) || '\u00a0'), text.slice(end, text.length)),
    told);
}

/** What a terminal shows between backticks is set as code here. */
function words(text) {
  return text.split('`').map((part, i) => (i % 2 ? h('code', {}, part) : part));
}

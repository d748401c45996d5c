// Making elements. Text goes in as text nodes alone: nothing here reads markup.

const SVG = 'http://www.w3.org/2000/svg';

/** An element with properties (`onclick`, `hidden`), attributes (`aria-label`, `lang`), `class`, `data`, and children, in lists of lists too. */
export function h(tag, given = {}, ...children) {
  return fill(document.createElement(tag), given, children);
}

/** The same of SVG; every property is an attribute. */
export function svg(tag, given = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(given)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

function fill(node, given, children) {
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || value === null) continue;
    if (name === 'class') node.className = value;
    else if (name === 'data') Object.assign(node.dataset, value);
    else if (name.includes('-') || name === 'role' || name === 'for' || name === 'list') node.setAttribute(name, value);
    else node[name] = value;
  }
  node.append(...there(children));
  return node;
}

const there = (children) => children.flat(Infinity).filter((c) => c !== null && c !== undefined && c !== false);

/** Replaces what is in `node`. */
export function put(node, ...children) {
  node.replaceChildren(...there(children));
}

/** The element of this id. */
export const at = (id) => document.getElementById(id);

/** Says something to whoever does not see the page. */
export function say(text) {
  const said = at('said');
  said.textContent = text;
  said.classList.add('shown');
  clearTimeout(say.timer);
  say.timer = setTimeout(() => said.classList.remove('shown'), 4000);
}

/** Runs `work` once `pause` milliseconds after the last call. */
export function debounced(work, pause) {
  let timer;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => work(...given), pause);
  };
}

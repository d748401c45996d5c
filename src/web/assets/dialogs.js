// Questions that wait for an answer. The browser keeps the focus inside, and Esc closes them.

import { at, h } from './dom.js';

/** Shows a dialog; the answer is what `close` was given, nothing after Esc. */
export function dialog(title, draw, look = '') {
  const before = document.activeElement;
  return new Promise((answered) => {
    const box = h('dialog', { class: look, 'aria-label': title });
    const close = (answer = '') => box.close(answer);
    box.append(h('h2', {}, title), ...draw(close));
    box.addEventListener('close', () => {
      box.remove();
      before?.focus?.({ preventScroll: true });
      answered(box.returnValue);
    });
    at('dialogs').append(box);
    box.showModal();
  });
}

/** Whether a dialog is open. */
export const isAsking = () => Boolean(document.querySelector('dialog[open]'));

/** Asks for one line. */
export function ask(title, told) {
  return dialog(title, (close) => {
    const field = h('input', { type: 'text', required: true, maxLength: 80, 'aria-label': title, autofocus: true });
    return [form(close, field, [h('p', {}, told), field], h('button', {}, 'Go on'))];
  });
}

/** Asks whether to kill, and why: the reason, or nothing. */
export function confirmKill(title) {
  return dialog('Kill this item?', (close) => {
    const field = h('input', { type: 'text', required: true, maxLength: 500, 'aria-label': 'Reason', placeholder: 'Why; every subscriber reads it', autofocus: true });
    return [form(close, field, [
      h('p', { class: 'title', lang: 'zh-Hans' }, title),
      h('p', {}, 'Every channel that got it is told to withdraw it. This cannot be taken back.'),
      field,
    ], h('button', { class: 'danger' }, 'Kill'))];
  }, 'kill');
}

function form(close, field, told, go) {
  const submit = (event) => {
    event.preventDefault();
    if (field.value.trim()) close(field.value.trim());
  };
  return h('form', { method: 'dialog', onsubmit: submit }, told,
    h('p', { class: 'buttons' }, h('button', { type: 'button', class: 'plain', onclick: () => close() }, 'Cancel'), go));
}

const KEYS = [
  ['j  k', 'next, previous item'],
  ['Enter', 'read the item'],
  ['Esc', 'back; clear the filter'],
  ['/', 'filter'],
  ['c', 'channels'],
  ['s', 'source lines beside the text'],
  ['r', 'what is known of the item'],
  ['x', 'kill the item'],
  ['[  ]', 'earlier, later revision'],
  ['e', 'new channel'],
  ['g', 'figures'],
  ['?', 'these keys'],
];

/** Tells the keys. */
export function help() {
  return dialog('Keys', (close) => [
    h('dl', { class: 'keys' }, KEYS.map(([key, told]) => [h('dt', {}, key.split('  ').map((k) => h('kbd', {}, k))), h('dd', {}, told)])),
    h('p', { class: 'buttons' }, h('button', { type: 'button', autofocus: true, onclick: () => close() }, 'Close')),
  ]);
}

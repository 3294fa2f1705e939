/** Small helpers for the page's nodes. Text only ever enters as text, never as markup. */

export const byID = (id) => document.getElementById(id);

/** Makes a node: `make('p', { className: 'quiet' }, 'text', child)`; `data` and `aria` take objects. */
export function make(tag, { data = {}, aria = {}, ...properties } = {}, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  Object.assign(node.dataset, data);
  for (const [name, value] of Object.entries(aria)) node.setAttribute(`aria-${name}`, value);
  node.append(...children);
  return node;
}

/** Shows what happened, how to mend it and, where there is one, the button that does it; `null` hides the notice. */
export function showNotice(node, notice) {
  node.hidden = !notice;
  if (!notice) return node.replaceChildren();
  const { title, mend = '', action, reference } = notice;
  const parts = [make('strong', {}, title), ' ', mend];
  if (reference) parts.push(make('span', { className: 'reference' }, `Reference ${reference}`));
  if (action) {
    parts.push(make('button', { type: 'button', className: 'small-button', onclick: action.run }, action.label));
  }
  return node.replaceChildren(...parts);
}

/**
 * Disables `button` and shows progress on it until `work` ends; focus comes back, since a disabled
 * button loses it.
 */
export async function whileBusy(button, label, work) {
  const hadFocus = document.activeElement === button;
  const before = button.textContent;
  button.disabled = true;
  button.setAttribute('aria-busy', 'true');
  button.replaceChildren(make('span', { className: 'spinner', aria: { hidden: 'true' } }), label);
  try {
    return await work();
  } finally {
    button.removeAttribute('aria-busy');
    // What ran may have given the button a new label.
    if (button.querySelector('.spinner')) button.textContent = before;
    button.disabled = false;
    if (hadFocus && document.activeElement === document.body) button.focus();
  }
}

/** Waits `duration` ms, or less when `signal` aborts. */
export function pause(duration, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, duration);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    }, { once: true });
  });
}

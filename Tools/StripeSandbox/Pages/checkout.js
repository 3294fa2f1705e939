/** The hosted Checkout page: checks and formats what is typed, pays without leaving the page, shows what went wrong. */
import {
  checkCVC, checkExpiry, checkNumber, digitsOf, formatCVC, formatExpiry, formatNumber,
} from '/js/v3/element-card.js';

const form = document.getElementById('pay');

// ---------------------------------------------------------------- faults

function showFault(input, message) {
  document.getElementById(`${input.id}-error`).textContent = message;
  input.setAttribute('aria-invalid', String(message !== ''));
}

const needed = (message) => (input) => (input.value.trim() === '' ? message : '');
const check = {
  email: ({ value }) => (/^\S+@\S+$/.test(value.trim()) ? '' : 'Your email address is not complete.'),
  number: ({ value }) => checkNumber(value)?.message ?? '',
  expiry: ({ value }) => checkExpiry(value, new Date())?.message ?? '',
  cvc: ({ value }) => checkCVC(value, form.elements.number.value)?.message ?? '',
  name: needed('Your name is missing.'),
  routing_number: needed('The routing number is missing.'),
  account_number: needed('The account number is missing.'),
  iban: needed('The IBAN is missing.'),
};

/** The inputs that count: those of the chosen payment method, and those of all. */
const inputs = () => [...form.querySelectorAll('input[required]')].filter((input) => !input.closest('[hidden]'));

/** @returns {boolean} whether everything is filled in; otherwise the first fault has the focus */
function isComplete() {
  const wrong = inputs().filter((input) => {
    const message = check[input.id](input);
    showFault(input, message);
    return message !== '';
  });
  wrong[0]?.focus();
  return wrong.length === 0;
}

/** Shown beside the field that it is about, or above the form. */
function showProblem({ message, param }) {
  const field = { exp_month: 'expiry', exp_year: 'expiry' };
  const name = /\[?(\w+)\]?$/.exec(param ?? '')?.[1] ?? '';
  const input = document.getElementById(field[name] ?? name);
  if (input && form.contains(input) && input.matches('input')) {
    showFault(input, message);
    input.focus();
  } else {
    const problem = document.getElementById('problem');
    problem.textContent = message;
    problem.focus();
  }
}

// ---------------------------------------------------------------- fields

const format = {
  number: (text) => formatNumber(text),
  expiry: (text, deleting) => formatExpiry(text, deleting),
  cvc: (text) => formatCVC(text, form.elements.number.value),
};

function edited(event) {
  const input = event.target;
  const atEnd = input.selectionEnd === input.value.length;
  // In the middle of a text the caret would jump; it is formatted when the field is left.
  if (format[input.id] && atEnd) {
    input.value = format[input.id](input.value, Boolean(event.inputType?.startsWith('delete')));
  }
  if (check[input.id] && !check[input.id](input)) showFault(input, '');
}

function left({ target }) {
  if (format[target.id]) target.value = format[target.id](target.value, false);
  if (check[target.id] && target.value !== '') showFault(target, check[target.id](target));
}

function chooseMethod() {
  const chosen = form.elements.method?.value;
  for (const fields of form.querySelectorAll('[data-method]')) fields.hidden = fields.dataset.method !== chosen;
}

// ---------------------------------------------------------------- paying

function filled() {
  const { elements } = form;
  const body = new URLSearchParams({ email: elements.email.value, country: elements.country.value });
  if (!elements.method) return body;
  body.set('method', elements.method.value);
  body.set('name', elements.name.value);
  if (elements.method.value === 'card') {
    const expiry = digitsOf(elements.expiry.value);
    body.set('details.number', digitsOf(elements.number.value));
    body.set('details.exp_month', String(Number(expiry.slice(0, 2))));
    body.set('details.exp_year', `20${expiry.slice(2)}`);
    body.set('details.cvc', elements.cvc.value);
  } else {
    for (const input of form.querySelectorAll(`[data-method="${elements.method.value}"] input`)) {
      body.set(input.name, input.value);
    }
  }
  return body;
}

async function send(url, body) {
  try {
    const response = await fetch(url, { method: 'POST', body, credentials: 'omit' });
    return await response.json();
  } catch {
    return { error: { message: 'The payment page cannot be reached. Check your connection and try again.' } };
  }
}

async function pay(event) {
  event.preventDefault();
  const button = document.getElementById('submit');
  if (button.getAttribute('aria-disabled') === 'true') return;
  document.getElementById('problem').textContent = '';
  if (!isComplete()) return;
  button.setAttribute('aria-disabled', 'true');
  form.setAttribute('aria-busy', 'true');
  const { url, error } = await send(form.action, filled());
  // On the way to another page the button stays as it is, so that nobody pays twice.
  if (url) return window.location.assign(url);
  button.removeAttribute('aria-disabled');
  form.removeAttribute('aria-busy');
  if (error.code?.startsWith('checkout_session_')) return window.location.reload();
  showProblem(error);
}

// ---------------------------------------------------------------- promotion codes

/** Takes over what the server now shows; what is typed into the form stays. */
async function refresh() {
  const response = await fetch(window.location.href, { credentials: 'omit' });
  const page = new DOMParser().parseFromString(await response.text(), 'text/html');
  const hasMethod = (place) => Boolean(place.querySelector('#pay fieldset'));
  if (!page.getElementById('summary') || hasMethod(page) !== hasMethod(document)) return window.location.reload();
  document.getElementById('summary').replaceWith(page.getElementById('summary'));
  document.getElementById('submit').textContent = page.getElementById('submit').textContent;
  listenToCodes();
}

async function applyCode(code) {
  const { error } = await send(`${form.action}/promotion_code`, new URLSearchParams({ code }));
  if (error) {
    const input = document.getElementById('code');
    if (!input) return showProblem(error);
    showFault(input, error.message);
    return input.focus();
  }
  await refresh();
  (document.querySelector('[data-remove-code]') ?? document.getElementById('code'))?.focus();
}

function listenToCodes() {
  document.getElementById('promotion')?.addEventListener('submit', (event) => {
    event.preventDefault();
    applyCode(event.target.elements.code.value);
  });
  document.querySelector('[data-remove-code]')?.addEventListener('click', () => applyCode(''));
}

if (form) {
  form.addEventListener('submit', pay);
  form.addEventListener('input', edited);
  form.addEventListener('change', chooseMethod);
  form.addEventListener('focusout', left);
  chooseMethod();
  listenToCodes();
  if (document.getElementById('problem').textContent) document.getElementById('problem').focus();
}

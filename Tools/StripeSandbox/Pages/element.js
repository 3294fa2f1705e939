/**
 * The Payment Element's inside, in a frame of the sandbox's origin. What is typed here goes to
 * `POST /v1/payment_methods` from here; the page around it hears events and gets a PaymentMethod's id.
 */
import {
  brandOf, checkCVC, checkExpiry, checkNumber, digitsOf, formatCVC, formatExpiry, formatNumber,
} from './element-card.js';

const form = document.getElementById('card');
const { number, expiry, cvc } = form.elements;
const inputs = [number, expiry, cvc];
const brandMark = document.getElementById('brand');
const touched = new Set(); // fields the buyer has left, or tried to pay with
let port = null;

const tell = (type, content = {}) => port?.postMessage({ type, ...content });

// ---------------------------------------------------------------- fields

const format = {
  number: (text) => formatNumber(text),
  expiry: (text, deleting) => formatExpiry(text, deleting),
  cvc: (text) => formatCVC(text, number.value),
};
const check = {
  number: () => checkNumber(number.value),
  expiry: () => checkExpiry(expiry.value, new Date()),
  cvc: () => checkCVC(cvc.value, number.value),
};

/** Writes the formatted text and leaves the caret behind the digit it was behind. */
function reformat(input, deleting) {
  const atEnd = input.selectionEnd === input.value.length;
  const digitsBefore = digitsOf(input.value.slice(0, input.selectionEnd)).length;
  const text = format[input.name](input.value, deleting);
  if (text === input.value) return;
  input.value = text;
  if (atEnd || document.activeElement !== input) return;
  let place = 0;
  for (let seen = 0; seen < digitsBefore && place < text.length; place += 1) {
    if (/\d/.test(text[place])) seen += 1;
  }
  input.setSelectionRange(place, place);
}

/** A fault that more typing may mend is shown only once the buyer has left the field. */
function showFault(input) {
  const fault = input.value === '' && !touched.has(input) ? null : check[input.name]();
  const early = fault?.code.startsWith('incomplete') && !touched.has(input);
  const message = fault && !early ? fault.message : '';
  document.getElementById(`${input.name}-error`).textContent = message;
  input.setAttribute('aria-invalid', String(message !== ''));
  reportHeight();
}

function showBrand() {
  const brand = brandOf(digitsOf(number.value));
  brandMark.dataset.brand = brand.name;
  brandMark.textContent = brand.title;
  cvc.placeholder = brand.cvc === 4 ? '4 digits' : 'CVC';
}

const firstFault = () => inputs.map((input) => check[input.name]()).find(Boolean) ?? null;

function reportChange() {
  tell('change', { empty: inputs.every((input) => input.value === ''), complete: firstFault() === null });
}

/** On to the next field, as soon as one is typed to its end. */
function advance(input, event) {
  const next = inputs[inputs.indexOf(input) + 1];
  const typedAtEnd = event.inputType === 'insertText' && input.selectionEnd === input.value.length;
  if (next && typedAtEnd && next.value === '' && !check[input.name]()) next.focus();
}

function edited(event) {
  const input = event.target;
  reformat(input, Boolean(event.inputType?.startsWith('delete')));
  if (input === number) {
    showBrand();
    reformat(cvc, false);
  }
  // A field that is being mended is judged anew when it is left.
  if (!check[input.name]()) touched.delete(input);
  showFault(input);
  reportChange();
  advance(input, event);
}

function left(event) {
  if (event.target.value !== '') touched.add(event.target);
  showFault(event.target);
  if (!form.contains(event.relatedTarget)) tell('blur');
}

function validate() {
  for (const input of inputs) {
    touched.add(input);
    showFault(input);
  }
  inputs.find((input) => check[input.name]())?.focus();
  const fault = firstFault();
  return fault ? { error: fault } : {};
}

function clear() {
  form.reset();
  touched.clear();
  showBrand();
  inputs.forEach(showFault);
  reportChange();
}

// ---------------------------------------------------------------- the card leaves for the API

function cardForm({ credentials, billingDetails }) {
  const body = new URLSearchParams(billingDetails);
  const [month, year] = [digitsOf(expiry.value).slice(0, 2), digitsOf(expiry.value).slice(2)];
  const values = {
    type: 'card', 'card[number]': digitsOf(number.value), 'card[exp_month]': String(Number(month)),
    'card[exp_year]': `20${year}`, 'card[cvc]': cvc.value, ...credentials,
  };
  for (const [name, value] of Object.entries(values)) if (value !== undefined) body.append(name, value);
  return body;
}

async function tokenize(request) {
  const { error } = validate();
  if (error) return { error };
  try {
    const url = new URL('../../v1/payment_methods', import.meta.url);
    const response = await fetch(url, { method: 'POST', body: cardForm(request), credentials: 'omit' });
    const answer = await response.json();
    if (!response.ok) return { error: answer.error };
    return { id: answer.id };
  } catch {
    return {
      error: {
        type: 'api_connection_error',
        message: 'We are experiencing issues connecting to our payments provider. '
          + 'You have not been charged. Please check your internet connection and try again.',
      },
    };
  }
}

// ---------------------------------------------------------------- appearance and size

const colors = [
  'colorPrimary', 'colorBackground', 'colorText', 'colorTextSecondary', 'colorTextPlaceholder', 'colorDanger',
];
const lengths = ['borderRadius', 'fontSizeBase', 'spacingUnit'];

/** Takes over the variables it knows, where the value is one that CSS can use. */
function wear({ theme, variables = {} } = {}) {
  const root = document.documentElement;
  root.dataset.theme = theme ?? 'stripe';
  const set = (names, property) => names.forEach((name) => {
    const fits = typeof variables[name] === 'string' && CSS.supports(property, variables[name]);
    if (fits) root.style.setProperty(`--${name}`, variables[name]);
    else root.style.removeProperty(`--${name}`);
  });
  set(colors, 'color');
  set(lengths, 'width');
  set(['fontFamily'], 'font-family');
}

function apply({ appearance, readOnly }) {
  wear(appearance);
  for (const input of inputs) input.readOnly = Boolean(readOnly);
  reportHeight();
}

function reportHeight() {
  tell('resize', { height: Math.ceil(document.body.getBoundingClientRect().height) });
}

// ---------------------------------------------------------------- the page around

const answers = { validate: async () => validate(), tokenize };
const orders = {
  update: ({ options }) => apply(options),
  focus: () => (inputs.find((input) => check[input.name]()) ?? number).focus(),
  blur: () => document.activeElement?.blur(),
  clear,
};

async function asked({ data }) {
  if (data.type in orders) return orders[data.type](data);
  if (!(data.type in answers)) return;
  tell('answer', { id: data.id, result: await answers[data.type](data) });
}

/** The first page that frames this one and answers the greeting gets the channel; nobody after it. */
function connected(event) {
  if (port || event.source !== window.parent || event.data?.type !== 'stripe-element:connect') return;
  [port] = event.ports;
  port.onmessage = asked;
  apply(event.data.options);
  tell('ready');
}

for (const input of inputs) {
  input.addEventListener('input', edited);
  input.addEventListener('blur', left);
  input.addEventListener('focus', (event) => {
    if (!form.contains(event.relatedTarget)) tell('focus');
  });
}
form.addEventListener('submit', (event) => {
  event.preventDefault();
  tell('submit');
});
form.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') tell('escape');
});
new ResizeObserver(reportHeight).observe(document.body);
window.addEventListener('message', connected);
// Says nothing secret, so any page may hear it; the channel then comes from the page itself.
if (window.parent !== window) window.parent.postMessage({ type: 'stripe-element:hello' }, '*');

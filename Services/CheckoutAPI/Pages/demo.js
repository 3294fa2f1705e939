/**
 * The demo storefront, served at `/demo/{tenant}`: catalog, basket, payment, live order.
 *
 * Runs under this policy (STRIPE is https://js.stripe.com https://*.js.stripe.com, API is https://api.stripe.com;
 * both are the sandbox's address when Stripe.js comes from there, and HOOKS is then not needed):
 *   default-src 'none'; script-src 'self' STRIPE; style-src 'self'; img-src 'self' data:; connect-src 'self' API;
 *   frame-src STRIPE https://hooks.stripe.com; form-action 'self'; base-uri 'none'; frame-ancestors 'none'
 */
import { CheckoutAPI } from './demo-api.js';
import { Basket } from './demo-basket.js';
import { CatalogView } from './demo-catalog.js';
import { byID, showNotice, whileBusy } from './demo-dom.js';
import { explain, explainPayment } from './demo-errors.js';
import { formatMoney } from './demo-money.js';
import { OrderView, OrderWatch } from './demo-order.js';
import { accepted, loadStripe, Payment } from './demo-payment.js';

const main = byID('main');
const settings = main.dataset;
const api = new CheckoutAPI(settings.apiKey);
const basket = new Basket(settings.tenantId);
const catalogView = new CatalogView(basket);
const orderView = new OrderView(orderChanged);
let checkout = null; // the order being paid: { order, payment, watch }

const stripeUnreachable = {
  title: 'The payment form did not load.',
  mend: 'Stripe.js cannot be reached. Check your connection (or a blocker) and try again.',
};

// ---------------------------------------------------------------- stages: shop, pay, track

/** Each stage has one heading, and focus goes to it, so that nobody is left where nothing is. */
function enter(stage) {
  main.dataset.stage = stage;
  const heading = { shop: 'basket-title', pay: 'payment-title', track: 'order-title' }[stage];
  byID(heading).focus();
  window.scrollTo({ top: 0 });
}

async function loadCatalog() {
  catalogView.showLoading();
  try {
    const items = await api.catalog();
    basket.setCatalog(items);
    catalogView.showItems(items);
  } catch (failure) {
    const { title, ...rest } = explain(failure);
    catalogView.showFailure({ ...rest, title: 'The catalog did not load.', mend: title }, loadCatalog);
  }
}

// ---------------------------------------------------------------- from the basket to an order

function emailFault() {
  const email = byID('email');
  const message = email.validity.valid ? '' : 'This does not look like an email address.';
  byID('email-error').textContent = message;
  email.setAttribute('aria-invalid', String(message !== ''));
  if (message) email.focus();
  return message !== '';
}

async function startCheckout(event) {
  event.preventDefault();
  if (byID('pay-start').disabled || emailFault()) return;
  showNotice(byID('checkout-error'), null);
  const order = await whileBusy(byID('pay-start'), 'Starting checkout…', makeOrder);
  if (order) await openPayment(order, order.publishable_key, order.client_secret);
}

async function makeOrder() {
  const request = basket.request(byID('email').value.trim());
  try {
    const order = await api.startPayment(request, basket.idempotencyKey(request));
    basket.rememberOrder(order);
    return order;
  } catch (failure) {
    // A refusal is final for this key; without a clear answer the key must be sent again.
    if (!failure.outcomeUnknown) basket.forgetAttempt();
    showNotice(byID('checkout-error'), explain(failure));
    return null;
  }
}

// ---------------------------------------------------------------- paying the order

function watchOrder(order, clientSecret) {
  orderView.reset();
  orderView.show(order);
  const watch = new OrderWatch(api, order, clientSecret, orderView);
  watch.run();
  return watch;
}

async function openPayment(order, publishableKey, clientSecret, notice = null) {
  checkout = { order, payment: null, watch: watchOrder(order, clientSecret) };
  byID('pay-submit').textContent = `Pay ${formatMoney(order.amount, order.currency)}`;
  showNotice(byID('payment-error'), notice);
  enter('pay');
  await showPaymentForm({ publishableKey, clientSecret, stripeAccount: settings.stripeAccount });
}

async function showPaymentForm(keys) {
  const current = checkout;
  const retry = { label: 'Try again', run: () => showPaymentForm(keys) };
  byID('payment-loading').hidden = false;
  byID('pay-submit').disabled = true;
  try {
    const Stripe = await loadStripe(settings.stripeJs);
    if (checkout !== current) return;
    current.payment?.close();
    current.payment = new Payment(Stripe, keys);
    await current.payment.mount();
    if (checkout !== current) return;
    byID('pay-submit').disabled = false;
    if (byID('payment-error').querySelector('button')) showNotice(byID('payment-error'), null);
  } catch (failure) {
    if (checkout !== current) return;
    const notice = failure.stripe ? { ...stripeUnreachable, mend: failure.message } : stripeUnreachable;
    showNotice(byID('payment-error'), { ...notice, action: retry });
  } finally {
    if (checkout === current) byID('payment-loading').hidden = true;
  }
}

async function pay(event) {
  event.preventDefault();
  const button = byID('pay-submit');
  if (button.disabled || !checkout?.payment) return;
  showNotice(byID('payment-error'), null);
  checkout.watch.nudge();
  byID('payment-back').disabled = true;
  const returnURL = new URL(`?order=${encodeURIComponent(checkout.order.id)}`, window.location.href).href;
  const result = await whileBusy(button, 'Paying…', () => checkout.payment.confirm(returnURL))
    .catch((fault) => ({ error: { type: 'page_error', message: explain(fault).title } }));
  byID('payment-back').disabled = false;
  checkout.watch.nudge();
  // The order may know of the payment when Stripe's answer was lost.
  if (accepted(result.paymentIntent) || settled(checkout.order)) return paid();
  // What is wrong with a field stands beside it, in Stripe's frame.
  if (result.error?.type === 'validation_error') return;
  showNotice(byID('payment-error'), explainPayment(result.error ?? {}));
}

const settled = (order) => !['pending', 'requires_action', 'processing', 'failed'].includes(order.status);

/** The buyer's part is done; from here on the page only watches. */
function paid() {
  const { order, payment } = checkout;
  payment?.close();
  checkout.payment = null;
  basket.settle();
  orderView.showConfirmed(order);
  enter('track');
}

function orderChanged(order) {
  if (!checkout || checkout.order.id !== order.id) return;
  checkout.order = order;
  // Paid elsewhere (another tab, a late notification): the form has nothing left to do.
  const paying = byID('pay-submit').hasAttribute('aria-busy');
  if (settled(order) && checkout.payment && main.dataset.stage === 'pay' && !paying) paid();
}

function leaveCheckout() {
  checkout?.watch.stop();
  checkout?.payment?.close();
  checkout = null;
  enter('shop');
}

function startAgain() {
  basket.clear();
  byID('email').value = '';
  catalogView.refresh();
  leaveCheckout();
}

// ---------------------------------------------------------------- the way back from a bank's page

/** Reads what Stripe put into the address, and takes it out again: it holds the client secret. */
function takeReturn() {
  const query = new URLSearchParams(window.location.search);
  const [orderID, clientSecret] = [query.get('order'), query.get('payment_intent_client_secret')];
  if (orderID || clientSecret) window.history.replaceState(null, '', window.location.pathname);
  const meant = /^ord_\w+$/.test(orderID) && /^pi_\w+$/.test(clientSecret);
  return meant ? { orderID, clientSecret } : null;
}

async function resume({ orderID, clientSecret }) {
  try {
    const order = await api.order(orderID, clientSecret);
    const publishableKey = order.publishable_key ?? basket.publishableKey(orderID);
    const intent = publishableKey ? await intentOf(publishableKey, clientSecret) : null;
    const open = ['pending', 'requires_action', 'failed'].includes(order.status);
    if (!open || accepted(intent) || !publishableKey) return track(order, clientSecret, intent);
    const notice = intent?.last_payment_error ? explainPayment(intent.last_payment_error) : null;
    return openPayment(order, publishableKey, clientSecret, notice);
  } catch (failure) {
    const action = { label: 'Try again', run: () => resume({ orderID, clientSecret }) };
    return showNotice(byID('page-notice'), { action, ...explain(failure) });
  }
}

async function intentOf(publishableKey, clientSecret) {
  const Stripe = await loadStripe(settings.stripeJs).catch(() => null);
  if (!Stripe) return null;
  const stripe = Stripe(publishableKey, settings.stripeAccount ? { stripeAccount: settings.stripeAccount } : {});
  return (await stripe.retrievePaymentIntent(clientSecret)).paymentIntent ?? null;
}

function track(order, clientSecret, intent) {
  checkout = { order, payment: null, watch: watchOrder(order, clientSecret) };
  showNotice(byID('page-notice'), null);
  basket.settle();
  if (accepted(intent)) orderView.showConfirmed(checkout.order);
  enter('track');
}

// ---------------------------------------------------------------- start

document.querySelector('.monogram').textContent = [...settings.tenantName.trim()][0]?.toUpperCase() ?? '';
byID('checkout-form').addEventListener('submit', startCheckout);
byID('payment-form').addEventListener('submit', pay);
byID('payment-back').addEventListener('click', leaveCheckout);
byID('order-again').addEventListener('click', startAgain);
byID('basket-bar').addEventListener('click', () => byID('basket-title').focus());

const returned = takeReturn();
loadStripe(settings.stripeJs).catch(() => {}); // early; a failure is told when it is needed
await loadCatalog();
if (returned) await resume(returned);

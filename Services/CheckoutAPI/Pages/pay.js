/**
 * The recovery page of one payment, served at `/pay/{order}#client_secret=…`: a saved card whose bank asks for its
 * owner is confirmed, or another card pays.
 *
 * The client secret stays behind the `#`, which no server is sent; it goes to the API in a body, and to Stripe.
 */
import { byID, showNotice, whileBusy } from './demo-dom.js';
import { APIFailure, explainPayment } from './demo-errors.js';
import { formatMoney } from './demo-money.js';
import { accepted, loadStripe, Payment } from './demo-payment.js';

const main = byID('main');
const secret = takeSecret();
let order = null;
let stripe = null;
let form = null; // the Payment Element, once it is shown
let savedCard = null; // the id of the payment method whose bank asks for its owner

// ---------------------------------------------------------------- what the address says

/** From a link of ours, or from the way back from a bank's page, where Stripe put it. */
function takeSecret() {
  const back = new URLSearchParams(window.location.search).get('payment_intent_client_secret');
  if (back) window.history.replaceState(null, '', `${window.location.pathname}#client_secret=${back}`);
  const link = new URLSearchParams(window.location.hash.slice(1)).get('client_secret');
  return /^pi_\w+$/.test(link ?? '') ? link : null;
}

const returnURL = () => new URL(window.location.pathname, window.location.href).href;

async function openOrder() {
  const answer = await fetch(window.location.pathname, {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, cache: 'no-store',
    body: JSON.stringify({ client_secret: secret }),
  }).catch(() => { throw new APIFailure(0); });
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new APIFailure(answer.status, body.error, answer.headers.get('Retry-After'));
  return body;
}

// ---------------------------------------------------------------- what is shown

/** @param {'loading'|'confirm'|'card'|'done'|'over'|'problem'} state */
function enter(state, text) {
  main.dataset.state = state;
  byID('confirm').hidden = state !== 'confirm';
  byID('card').hidden = state !== 'card';
  byID('state').hidden = !text;
  // A live region speaks whenever its text is set.
  if (byID('state').textContent !== text) byID('state').textContent = text;
  document.title = `${byID('title').textContent}${order ? ` – ${order.shop}` : ''}`;
}

function showOrder() {
  const amount = formatMoney(order.amount, order.currency);
  byID('shop').textContent = order.shop;
  byID('amount').textContent = amount;
  byID('description').textContent = order.description ?? '';
  byID('confirm-submit').textContent = `Confirm the payment of ${amount}`;
  byID('pay-submit').textContent = `Pay ${amount}`;
  byID('shop').hidden = byID('amount').hidden = false;
  byID('description').hidden = !order.description;
}

function done(intent) {
  form?.close();
  form = null;
  showNotice(byID('notice'), null);
  enter('done', {
    processing: 'Your payment is under way. The shop will tell you once it has arrived.',
    requires_capture: 'Your card has confirmed the payment. Nothing is left for you to do.',
  }[intent?.status] ?? 'Your payment was received. Nothing is left for you to do.');
  byID('title').focus();
}

const over = () => enter('over', 'This payment was closed by the shop. You were not charged, and nothing is left to pay.');

function problem(title, mend, action = null) {
  enter('problem', '');
  showNotice(byID('notice'), { title, mend, action });
}

const retry = { label: 'Try again', run: () => { showNotice(byID('notice'), null); start(); } };

function tell(error) {
  const notice = explainPayment(error);
  // The demo storefront's words for a basket.
  if (error.type === 'invalid_request_error' && error.code !== 'payment_intent_authentication_failure') {
    notice.mend = 'Try again in a moment, or ask the shop.';
  }
  showNotice(byID('notice'), notice);
}

// ---------------------------------------------------------------- from the link to the payment

async function start() {
  if (!secret) {
    return problem('This link is not complete.', 'Open it again from your email, or ask the shop for a new one.');
  }
  enter('loading', 'Loading your payment…');
  try {
    order = await openOrder();
  } catch (failure) {
    if (failure.status === 404) {
      return problem('This link does not lead to a payment.', 'Open it again from your email, or ask the shop.');
    }
    return problem('The shop cannot be reached.', 'Check your connection and try again. Nothing was charged.', retry);
  }
  showOrder();
  if (['canceled', 'expired', 'ended'].includes(order.status)) return over();
  return readIntent();
}

async function readIntent() {
  try {
    const Stripe = await loadStripe(main.dataset.stripeJs);
    stripe = Stripe(order.publishable_key, order.stripe_account ? { stripeAccount: order.stripe_account } : {});
  } catch {
    const mend = 'Stripe.js cannot be reached. Check your connection (or a blocker) and try again.';
    return problem('The payment did not load.', mend, retry);
  }
  const { paymentIntent: intent, error } = await stripe.retrievePaymentIntent(secret);
  if (error) return problem('The payment did not load.', error.message, retry);
  if (accepted(intent)) return done(intent);
  if (intent.status === 'canceled') return over();
  if (intent.status === 'requires_action') return askToConfirm();
  const failure = intent.last_payment_error;
  const demand = 'authentication_required';
  if (failure && [failure.code, failure.decline_code].includes(demand) && failure.payment_method?.id) {
    savedCard = failure.payment_method;
    return askToConfirm();
  }
  if (failure) tell(failure);
  return showCard();
}

// ---------------------------------------------------------------- the saved card, whose bank asks for its owner

function askToConfirm() {
  const { brand, last4 } = savedCard?.card ?? {};
  const name = brand ? `${brand[0].toUpperCase()}${brand.slice(1)} card` : 'card';
  const card = last4 ? `your ${name} ending in ${last4}` : 'your card';
  enter('confirm', `The bank of ${card} asks you to confirm this payment.`);
}

async function confirmSavedCard() {
  showNotice(byID('notice'), null);
  const act = savedCard
    ? () => stripe.confirmPayment({
      clientSecret: secret, confirmParams: { payment_method: savedCard.id, return_url: returnURL() },
      redirect: 'if_required',
    })
    : () => stripe.handleNextAction({ clientSecret: secret });
  settle(await whileBusy(byID('confirm-submit'), 'Asking your bank…', () => act().catch(pageError)));
}

const pageError = (fault) => {
  console.error(fault);
  return { error: { type: 'page_error', message: 'Something on this page went wrong.' } };
};

async function settle(result) {
  if (accepted(result.paymentIntent)) return done(result.paymentIntent);
  // What is wrong with a field stands beside it, in Stripe's frame.
  if (result.error?.type === 'validation_error') return null;
  // An answer may be lost after Stripe has taken the money, so the intent has the last word.
  const { paymentIntent: intent } = await stripe.retrievePaymentIntent(secret).catch(() => ({}));
  if (accepted(intent)) return done(intent);
  if (intent?.status === 'canceled') return over();
  // The bank's page was closed or said no: an action that is over cannot be carried out again, a card can be confirmed.
  const tried = intent?.last_payment_error?.payment_method;
  if (!savedCard && main.dataset.state === 'confirm' && tried?.id) savedCard = tried;
  return tell(result.error ?? {});
}

// ---------------------------------------------------------------- another card

async function showCard() {
  enter('card', 'Pay with a card.');
  byID('pay-submit').disabled = true;
  try {
    form = new Payment(window.Stripe, {
      publishableKey: order.publishable_key, clientSecret: secret, stripeAccount: order.stripe_account,
    });
    await form.mount();
    byID('pay-submit').disabled = false;
  } catch (failure) {
    form = null;
    problem('The payment form did not load.', failure.message, retry);
  }
}

async function pay(event) {
  event.preventDefault();
  if (byID('pay-submit').disabled || !form) return;
  showNotice(byID('notice'), null);
  settle(await whileBusy(byID('pay-submit'), 'Paying…', () => form.confirm(returnURL()).catch(pageError)));
}

// ---------------------------------------------------------------- start

byID('confirm-submit').addEventListener('click', confirmSavedCard);
byID('other-card').addEventListener('click', async () => {
  showNotice(byID('notice'), null);
  await showCard();
  form?.focus();
});
byID('card').addEventListener('submit', pay);
start();

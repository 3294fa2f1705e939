/** What a fault means to the buyer, and what mends it. */

/** An answer of the checkout API that is not 2xx, or (status 0) none at all. */
export class APIFailure extends Error {
  constructor(status, error = {}, retryAfter = null) {
    super(error.message ?? 'No answer from the shop.');
    this.name = 'APIFailure';
    this.status = status;
    this.type = error.type ?? 'connection_error';
    this.code = error.code ?? null;
    this.param = error.param ?? null;
    this.requestID = error.request_id ?? null;
    this.retryAfter = retryAfter;
  }

  /** Whether the order may have been made all the same: only the same idempotency key may be sent again. */
  get outcomeUnknown() {
    return this.status === 0 || this.status === 409 || this.status === 429 || this.status >= 500;
  }
}

const reload = { label: 'Reload the page', run: () => window.location.reload() };

/** @returns {{title: string, mend: string, action?: object, reference?: string}} */
export function explain(failure) {
  if (!(failure instanceof APIFailure)) {
    console.error(failure);
    return {
      title: 'Something on this page went wrong.', mend: 'Reload it and try again; your basket is kept.',
      action: reload,
    };
  }
  return { ...reasonFor(failure), reference: failure.requestID };
}

function reasonFor({ status, code, type, message, retryAfter }) {
  if (status === 0) {
    return {
      title: 'The shop cannot be reached.',
      mend: 'Check your connection and try again: the same order is continued, never a second one made.',
    };
  }
  if (status === 401) {
    return {
      title: 'This page has been open for too long.', mend: 'Its key has expired. Reload it; your basket is kept.',
      action: reload,
    };
  }
  if (code === 'stripe_unavailable') {
    return {
      title: 'Stripe cannot be reached right now.',
      mend: 'Nothing was charged. Try again in a moment: the same order is continued.',
    };
  }
  if (status === 429) {
    return { title: 'Too many requests.', mend: `Wait ${retryAfter ? `${retryAfter} s` : 'a moment'} and try again.` };
  }
  if (status === 409) {
    return { title: 'This order is still being made.', mend: 'Wait a moment and try again.' };
  }
  if (status === 404) {
    return { title: 'This is no longer known to the shop.', mend: 'Reload the page and try again.', action: reload };
  }
  if (type === 'invalid_request_error') {
    return { title: message, mend: 'Change the basket and try again.' };
  }
  if (status >= 500) {
    return { title: 'The shop has a fault of its own.', mend: 'Nothing was charged. Try again in a moment.' };
  }
  return { title: message, mend: 'Try again; if it goes on, tell the shop the reference.' };
}

/** What a fault of Stripe.js means; a decline keeps the form, so that another card can be tried. */
export function explainPayment(error) {
  switch (error.type) {
    case 'card_error':
      return { title: error.message, mend: 'Your card was not charged. Try another card.' };
    case 'api_connection_error':
      return {
        title: 'The connection to Stripe was lost.',
        mend: 'Check it and pay again: the same payment is continued, you are never charged twice.',
      };
    case 'invalid_request_error':
      return error.code === 'payment_intent_authentication_failure'
        ? {
          title: 'Your bank did not confirm the payment.',
          mend: 'You were not charged. Try again, or use another card.',
        }
        : { title: error.message ?? 'Stripe refused the payment.', mend: 'Change the basket to start again.' };
    default:
      return { title: error.message ?? 'Stripe could not take the payment.', mend: 'Try again in a moment.' };
  }
}

/** Stripe.js: loading it, the Payment Element of one order, confirming. */
import { byID } from './demo-dom.js';

let loading = null;

/** Loads Stripe.js from Stripe (or the sandbox), once; after a failure the next call tries again. */
export function loadStripe(address) {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = address;
    script.async = true;
    script.onload = () => resolve(window.Stripe);
    script.onerror = () => reject(new Error('Stripe.js did not load.'));
    document.head.append(script);
  });
  loading.catch(() => { loading = null; });
  return loading;
}

const dark = window.matchMedia('(prefers-color-scheme: dark)');

/** The page's own colours, in the terms of Stripe's Appearance API. */
function appearance() {
  const style = getComputedStyle(document.documentElement);
  const value = (name) => style.getPropertyValue(name).trim();
  return {
    theme: dark.matches ? 'night' : 'stripe',
    variables: {
      colorPrimary: value('--accent'),
      colorBackground: value('--field'),
      colorText: value('--ink'),
      colorDanger: value('--bad'),
      borderRadius: '8px',
      fontFamily: 'system-ui, sans-serif',
    },
  };
}

/** The payment of one order. */
export class Payment {
  #stripe;
  #elements;
  #element;
  #clientSecret;
  #restyle = () => this.#elements.update({ appearance: appearance() });

  /** @param {{publishableKey: string, clientSecret: string, stripeAccount: string}} order */
  constructor(Stripe, { publishableKey, clientSecret, stripeAccount }) {
    this.#clientSecret = clientSecret;
    this.#stripe = Stripe(publishableKey, stripeAccount ? { stripeAccount } : {});
    this.#elements = this.#stripe.elements({ clientSecret, appearance: appearance() });
    this.#element = this.#elements.create('payment', { layout: 'tabs' });
  }

  /** Shows the form; resolves when it can be typed in. */
  mount() {
    dark.addEventListener('change', this.#restyle);
    return new Promise((resolve, reject) => {
      this.#element.on('ready', resolve);
      this.#element.on('loaderror', ({ error }) => reject(Object.assign(new Error(error.message), { stripe: error })));
      this.#element.mount(byID('payment-element'));
    });
  }

  focus() {
    this.#element.focus();
  }

  /** @returns {Promise<{paymentIntent?: object, error?: object}>} */
  async confirm(returnURL) {
    const checked = await this.#elements.submit();
    if (checked.error) return checked;
    const result = await this.#stripe.confirmPayment({
      elements: this.#elements, confirmParams: { return_url: returnURL }, redirect: 'if_required',
    });
    return result.error ? this.#secondLook(result.error) : result;
  }

  /** An answer may be lost after Stripe has taken the money, so the intent has the last word. */
  async #secondLook(error) {
    if (!['api_connection_error', 'api_error', 'invalid_request_error'].includes(error.type)) return { error };
    const { paymentIntent } = await this.#stripe.retrievePaymentIntent(this.#clientSecret);
    return accepted(paymentIntent) ? { paymentIntent } : { error };
  }

  /** The intent as it is now; for the way back from a redirect. */
  async intent() {
    const { paymentIntent } = await this.#stripe.retrievePaymentIntent(this.#clientSecret);
    return paymentIntent ?? null;
  }

  close() {
    dark.removeEventListener('change', this.#restyle);
    this.#element.destroy();
  }
}

/** Whether the buyer has done their part. */
export function accepted(intent) {
  return ['succeeded', 'processing', 'requires_capture'].includes(intent?.status);
}

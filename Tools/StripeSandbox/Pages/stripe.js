/**
 * Stand-in for Stripe.js v3, served by stripe-sandbox at `/js/v3/`. A page written for
 * https://js.stripe.com/v3/ runs against the sandbox by changing the script's address only.
 *
 * Covered: `Stripe`, `elements`, the Payment Element, `confirmPayment`, `retrievePaymentIntent`,
 * `handleNextAction`. Card data is typed into a frame of the sandbox's own origin and never
 * reaches the page; the page gets a PaymentMethod's id. One file, because a page loads one script.
 */
(() => {
  'use strict';

  if (window.Stripe) {
    console.warn('Stripe.js was loaded more than one time. Please only load it once per page.');
    return;
  }

  const base = new URL('../../', document.currentScript.src);
  const frameTimeout = 15_000; // ms until an element that stays silent counts as failed to load
  const inner = Symbol('inner'); // what the objects of this file show one another and nobody else
  let frames = 0;

  // ---------------------------------------------------------------- misuse

  /** Thrown when the page calls Stripe.js the wrong way; never for what a buyer did. */
  class IntegrationError extends Error {
    name = 'IntegrationError';
  }

  const demand = (condition, message) => {
    if (!condition) throw new IntegrationError(message);
  };
  const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
  const shown = (value) => (typeof value === 'string' ? value : String(JSON.stringify(value)));

  function demandOptions(call, options) {
    demand(isObject(options), `Invalid value for ${call}: expected an object. You specified: ${shown(options)}.`);
  }

  function warnOfUnknown(call, options, known) {
    for (const name of Object.keys(options)) {
      if (known.includes(name)) continue;
      console.warn(`[Stripe.js] Unrecognized ${call} parameter: ${name} is not a recognized parameter. `
        + 'This may cause issues with your integration in the future.');
    }
  }

  function demandClientSecret(call, secret) {
    demand(typeof secret === 'string' && /^pi_[A-Za-z0-9]+_secret_[A-Za-z0-9]+$/.test(secret),
      `Invalid value for ${call}: clientSecret should be a client secret of the form \${id}_secret_\${secret}. `
      + `You specified: ${secret === undefined ? 'undefined' : 'a value of another form'}.`);
  }

  function demandMounted(call, link) {
    demand(link, `Invalid value for ${call}: elements should have a mounted Payment Element or `
      + 'Express Checkout Element.');
  }

  const intentPath = (clientSecret) => `v1/payment_intents/${clientSecret.split('_secret_')[0]}`;

  // ---------------------------------------------------------------- calls to the API

  /** Stripe's nested form encoding: `{a: {b: 1}}` becomes `a[b]=1`. */
  function appendForm(form, name, value) {
    if (value === undefined || value === null) return;
    if (typeof value !== 'object') return form.append(name, String(value));
    for (const [key, item] of Object.entries(value)) appendForm(form, `${name}[${key}]`, item);
  }

  function formOf(values) {
    const form = new URLSearchParams();
    for (const [name, value] of Object.entries(values)) appendForm(form, name, value);
    return form;
  }

  const connectionError = {
    type: 'api_connection_error',
    message: 'We are experiencing issues connecting to our payments provider. '
      + 'You have not been charged. Please check your internet connection and try again.',
  };

  /**
   * Simple requests only (no header of our own), so that no preflight is needed.
   * @returns {Promise<{data?: object, error?: object}>} never rejects
   */
  async function call(method, path, values) {
    const url = new URL(path, base);
    const form = formOf(values);
    if (method === 'GET') url.search = form.toString();
    try {
      const response = await fetch(url, {
        method, body: method === 'GET' ? undefined : form, credentials: 'omit', referrerPolicy: 'no-referrer',
      });
      const answer = await response.json();
      return response.ok ? { data: answer } : { error: answer.error };
    } catch {
      return { error: { ...connectionError } };
    }
  }

  // ---------------------------------------------------------------- the element's frame

  function styled(node, style) {
    // Through CSSOM: the page's policy may forbid style attributes.
    Object.assign(node.style, style);
    return node;
  }

  function makeFrame(url, title) {
    const frame = document.createElement('iframe');
    frame.name = `__privateStripeFrame${++frames}`;
    frame.title = title;
    frame.src = url.href;
    // `light` equals the framed document's own scheme; else browsers paint it an opaque background.
    return styled(frame, { border: '0', width: '100%', display: 'block', colorScheme: 'light' });
  }

  /** One frame and the private channel to it. A reload of the frame (a move in the DOM) opens a new channel. */
  class FrameLink {
    #port = null;
    #waiting = new Map();
    #calls = 0;
    #options;
    #heard;

    constructor(options, heard) {
      this.#options = options;
      this.#heard = heard;
      this.frame = makeFrame(new URL('js/v3/element', base), 'Secure payment input frame');
      styled(this.frame, { height: '1px', overflow: 'hidden' });
      this.timer = setTimeout(() => heard({ type: 'silent' }), frameTimeout);
      window.addEventListener('message', this.#greeted);
    }

    #greeted = (event) => {
      if (event.source !== this.frame.contentWindow || event.origin !== base.origin) return;
      if (event.data?.type !== 'stripe-element:hello') return;
      clearTimeout(this.timer);
      this.#abandon();
      const channel = new MessageChannel();
      this.#port = channel.port1;
      this.#port.onmessage = ({ data }) => this.#received(data);
      const answer = { type: 'stripe-element:connect', options: this.#options };
      event.source.postMessage(answer, base.origin, [channel.port2]);
    };

    #received(message) {
      if (message.type === 'resize') {
        this.frame.style.height = `${Math.min(Math.max(Number(message.height) || 0, 1), 2000)}px`;
      } else if (message.type === 'answer') {
        this.#waiting.get(message.id)?.(message.result);
        this.#waiting.delete(message.id);
      } else {
        this.#heard(message);
      }
    }

    /** Options also reach a frame that is not there yet, or comes again. */
    update(options) {
      this.#options = { ...this.#options, ...options };
      this.tell('update', { options: this.#options });
    }

    tell(type, content = {}) {
      this.#port?.postMessage({ type, ...content });
    }

    /** @returns {Promise<object>} the frame's answer, or an error as Stripe would give it */
    ask(type, content = {}) {
      if (!this.#port) return Promise.resolve({ error: { ...connectionError } });
      const id = ++this.#calls;
      const answer = new Promise((resolve) => this.#waiting.set(id, resolve));
      this.tell(type, { id, ...content });
      return answer;
    }

    #abandon() {
      this.#port?.close();
      for (const resolve of this.#waiting.values()) resolve({ error: { ...connectionError } });
      this.#waiting.clear();
    }

    close() {
      clearTimeout(this.timer);
      window.removeEventListener('message', this.#greeted);
      this.#abandon();
      this.#port = null;
      this.frame.remove();
    }
  }

  // ---------------------------------------------------------------- Payment Element

  const elementEvents = ['ready', 'change', 'focus', 'blur', 'escape', 'loaderstart', 'loaderror'];

  /** The Payment Element: `elements.create('payment')`. */
  class PaymentElement {
    #elements;
    #options;
    #listeners = new Map(elementEvents.map((name) => [name, new Set()]));
    #link = null;
    #container = null;
    #destroyed = false;

    constructor(elements, options) {
      this.#elements = elements;
      this.#options = options;
    }

    get [inner]() {
      return this.#link;
    }

    #demandAlive() {
      demand(!this.#destroyed, 'This Element has already been destroyed. Please create a new one.');
    }

    /**
     * Shows the element inside `target`.
     * @param {string|HTMLElement} target a selector or a node of the page
     * @throws {IntegrationError} when there is no such node
     */
    mount(target) {
      this.#demandAlive();
      demand(target, 'Missing argument. Make sure to call mount() with a valid DOM element or selector.');
      const node = typeof target === 'string' ? document.querySelector(target) : target;
      demand(node !== null, `The selector you specified (${target}) applies to no DOM elements that are currently `
        + 'on the page. Make sure the element exists on the page before calling mount().');
      demand(node instanceof HTMLElement,
        'Invalid DOM element. Make sure to call mount() with a valid DOM element or selector.');
      if (node === this.#container) return;
      this.unmount();
      if (node.childNodes.length) {
        console.warn('This Element will be mounted to a DOM element that contains child nodes.');
      }
      this.#container = node;
      this.#link = new FrameLink(this.#frameOptions(), (message) => this.#heard(message));
      node.classList.add('StripeElement');
      node.replaceChildren(this.#link.frame);
      this.#emit('loaderstart', {});
    }

    #frameOptions() {
      const { appearance, locale } = this.#elements[inner].settings;
      // Through JSON: a function in the options cannot be posted to a frame.
      return JSON.parse(JSON.stringify({ appearance, locale, readOnly: this.#options.readOnly }));
    }

    async #heard(message) {
      switch (message.type) {
        case 'ready': return this.#loaded();
        case 'silent':
          return this.#emit('loaderror', { error: { ...connectionError, message: 'The payment form did not load.' } });
        case 'change':
          return this.#emit('change', {
            collapsed: false, empty: message.empty, complete: message.complete, value: { type: 'card' },
          });
        case 'submit': return this.#container?.closest('form')?.requestSubmit();
        case 'focus': case 'blur': case 'escape': return this.#emit(message.type, {});
        default: // a newer frame may say more than this script knows
      }
    }

    async #loaded() {
      const { error } = await this.#elements[inner].intent;
      if (!this.#link) return;
      if (error) this.#emit('loaderror', { error });
      else this.#emit('ready', {});
    }

    #emit(name, content) {
      if (name === 'loaderror' && this.#listeners.get(name).size === 0) {
        console.error('[Stripe.js] Unhandled payment Element loaderror', content.error);
      }
      for (const listener of [...this.#listeners.get(name)]) listener({ elementType: 'payment', ...content });
    }

    /**
     * @param {'ready'|'change'|'focus'|'blur'|'escape'|'loaderstart'|'loaderror'} name
     * @param {(event: object) => void} listener
     * @returns {PaymentElement} this
     */
    on(name, listener) {
      this.#demandAlive();
      demand(this.#listeners.has(name),
        `Invalid value for on(): event should be one of: ${elementEvents.join(', ')}. You specified: ${shown(name)}.`);
      demand(typeof listener === 'function', 'Invalid value for on(): handler should be a function.');
      this.#listeners.get(name).add(listener);
      return this;
    }

    /** Like `on`, for the next event only. */
    once(name, listener) {
      const first = (event) => {
        this.off(name, first);
        listener(event);
      };
      return this.on(name, first);
    }

    /** Takes one listener, or all of an event, away. */
    off(name, listener) {
      if (listener) this.#listeners.get(name)?.delete(listener);
      else this.#listeners.get(name)?.clear();
      return this;
    }

    /** Merges `options` into those of `create`. */
    update(options) {
      this.#demandAlive();
      demandOptions('element.update()', options);
      this.#options = { ...this.#options, ...options };
      this[inner]?.update(this.#frameOptions());
    }

    /** Passes on what `elements.update` changed. */
    refresh() {
      this[inner]?.update(this.#frameOptions());
    }

    focus() {
      this.#link?.frame.focus();
      this.#link?.tell('focus');
    }

    blur() {
      this.#link?.tell('blur');
    }

    clear() {
      this.#link?.tell('clear');
    }

    collapse() {
      // Only one payment method is shown, and it cannot be folded.
    }

    /** Takes the element off the page; what was typed is gone. It can be mounted again. */
    unmount() {
      this.#link?.close();
      this.#link = null;
      this.#container?.classList.remove('StripeElement');
      this.#container = null;
    }

    /** Like `unmount`, for good; the `elements` may then create another. */
    destroy() {
      this.#demandAlive();
      this.unmount();
      this.#destroyed = true;
      this.#elements[inner].forget();
    }
  }

  // ---------------------------------------------------------------- Elements

  const elementsOptions = ['clientSecret', 'appearance', 'locale', 'fonts', 'loader', 'mode', 'amount', 'currency',
    'setupFutureUsage', 'captureMethod', 'onBehalfOf', 'paymentMethodTypes', 'paymentMethodCreation',
    'paymentMethodOptions', 'customerSessionClientSecret', 'customerOptions', 'externalPaymentMethodTypes'];

  const modes = ['payment', 'setup', 'subscription'];

  /** What `stripe.elements()` returns: settings shared by the elements of one payment. */
  class Elements {
    #settings;
    #element = null;
    #intent;
    #submitted = false;

    constructor(stripe, options) {
      this.#settings = options;
      this.#intent = options.clientSecret ? stripe[inner].retrieve(options.clientSecret) : Promise.resolve({});
    }

    get [inner]() {
      return {
        settings: this.#settings,
        intent: this.#intent,
        link: this.#element?.[inner],
        submitted: this.#submitted,
        forget: () => { this.#element = null; },
      };
    }

    /**
     * @param {'payment'} type the one element the sandbox has
     * @param {object} [options] as at Stripe; layout, fields and wallets are accepted and change nothing
     * @returns {PaymentElement}
     * @throws {IntegrationError} for a second element, or another type
     */
    create(type, options = {}) {
      demand(type === 'payment',
        `A valid Element name must be provided. The sandbox has: payment. You specified: ${shown(type)}.`);
      demandOptions("elements.create('payment')", options);
      demand(!this.#element, 'Can only create one Element of type payment.');
      this.#element = new PaymentElement(this, options);
      return this.#element;
    }

    /** @returns {PaymentElement|null} the element made by `create`, if it lives */
    getElement(type) {
      return type === 'payment' || type === PaymentElement ? this.#element : null;
    }

    /** Changes `appearance`, `locale` (or amount and currency, before there is an intent). */
    update(options) {
      demandOptions('elements.update()', options);
      demand(!('clientSecret' in options),
        'elements.update(): the clientSecret cannot be changed. Create new Elements.');
      this.#settings = { ...this.#settings, ...options };
      this.#element?.refresh();
    }

    /** @returns {Promise<{error?: object}>} reads the intent again */
    async fetchUpdates() {
      const { error } = await this.#intent;
      return error ? { error } : {};
    }

    /**
     * Checks what was typed and shows the faults beside the fields.
     * @returns {Promise<{error?: object, selectedPaymentMethod?: string}>}
     */
    async submit() {
      const link = this.#element?.[inner];
      demandMounted('elements.submit()', link);
      const result = await link.ask('validate');
      this.#submitted = !result.error;
      return result.error ? result : { selectedPaymentMethod: 'card' };
    }
  }

  // ---------------------------------------------------------------- 3-D Secure

  function challengeBox(url) {
    const dialog = styled(document.createElement('dialog'), {
      inset: '0', width: '100%', height: '100%', maxWidth: '100%', maxHeight: '100%', margin: '0', padding: '0',
      border: '0', overflow: 'auto', background: 'rgba(10, 14, 26, 0.6)',
    });
    const box = styled(document.createElement('div'), {
      boxSizing: 'border-box', width: 'min(28rem, calc(100% - 1.5rem))', height: 'min(33rem, calc(100vh - 1.5rem))',
      margin: 'max(0.75rem, calc((100vh - 33rem) / 2)) auto 0', display: 'flex', flexDirection: 'column',
      overflow: 'hidden', borderRadius: '12px', background: '#fff', boxShadow: '0 20px 60px rgba(0, 0, 0, 0.35)',
    });
    const frame = styled(makeFrame(url, '3D Secure authentication'), { flex: '1' });
    const cancel = styled(document.createElement('button'), {
      padding: '0.75rem', border: '0', borderTop: '1px solid #d9dee8', background: '#f6f8fb', color: '#30405f',
      font: '500 0.9375rem system-ui, sans-serif', cursor: 'pointer',
    });
    cancel.type = 'button';
    cancel.textContent = 'Cancel authentication';
    dialog.dataset.stripeChallenge = '';
    dialog.setAttribute('aria-label', 'Your bank asks you to confirm this payment');
    box.append(frame, cancel);
    dialog.append(box);
    return { dialog, frame, cancel };
  }

  /**
   * Shows the bank's page over the merchant's and settles when it is answered or closed;
   * which of the two is for the intent to say.
   */
  function challenge(url) {
    const { dialog, frame, cancel } = challengeBox(url);
    const before = document.activeElement;
    return new Promise((resolve) => {
      const answered = (event) => {
        if (event.source !== frame.contentWindow || event.origin !== base.origin) return;
        if (event.data?.type === '3ds-complete') finish();
      };
      const finish = () => {
        window.removeEventListener('message', answered);
        dialog.remove();
        before?.focus?.();
        resolve();
      };
      window.addEventListener('message', answered);
      cancel.addEventListener('click', finish);
      dialog.addEventListener('cancel', finish);
      document.body.append(dialog);
      dialog.showModal();
      frame.focus();
    });
  }

  function authenticationError(intent) {
    return {
      type: 'invalid_request_error',
      code: 'payment_intent_authentication_failure',
      message: 'We are unable to authenticate your payment method. '
        + 'Please choose a different payment method and try again.',
      ...intent.last_payment_error,
      payment_intent: intent,
    };
  }

  // ---------------------------------------------------------------- Stripe

  /** The page is on its way elsewhere; what awaits this waits for good, as with Stripe. */
  function leaveFor(address) {
    window.location.assign(address);
    return new Promise(() => {});
  }

  function returnAddress(returnURL, intent) {
    const url = new URL(returnURL);
    url.searchParams.set('payment_intent', intent.id);
    url.searchParams.set('payment_intent_client_secret', intent.client_secret);
    url.searchParams.set('redirect_status', intent.status === 'processing' ? 'pending' : 'succeeded');
    return url.href;
  }

  function demandReturnURL(redirect, returnURL) {
    const name = 'stripe.confirmPayment()';
    demand(['always', 'if_required'].includes(redirect),
      `Invalid value for ${name}: redirect should be one of: always, if_required. You specified: ${shown(redirect)}.`);
    demand(returnURL || redirect === 'if_required',
      `${name}: the \`confirmParams.return_url\` argument is required when using automatic payment methods.`);
    demand(!returnURL || /^https?:\/\//.test(returnURL) && URL.canParse(returnURL),
      `Invalid value for ${name}: return_url should be an absolute http(s) URL. You specified: ${shown(returnURL)}.`);
  }

  /** What `Stripe(publishableKey)` returns. */
  class StripeInstance {
    #credentials;
    #locale;

    constructor(key, options) {
      this.#credentials = { key, _stripe_account: options.stripeAccount };
      this.#locale = options.locale;
    }

    get [inner]() {
      return { retrieve: (clientSecret) => this.#retrieve(clientSecret) };
    }

    #retrieve(clientSecret) {
      return call('GET', intentPath(clientSecret), { ...this.#credentials, client_secret: clientSecret });
    }

    /**
     * @param {{clientSecret?: string, mode?: string, amount?: number, currency?: string, appearance?: object,
     *   locale?: string}} options a client secret, or `mode` with `amount` and `currency` to collect a card before
     *   there is an intent
     * @returns {Elements}
     * @throws {IntegrationError}
     */
    elements(options = {}) {
      demandOptions('stripe.elements()', options);
      warnOfUnknown('elements()', options, elementsOptions);
      demand(options.clientSecret !== undefined || options.mode !== undefined,
        'In order to create a payment element, you must pass a clientSecret or mode when creating the Elements group.');
      if (options.mode === undefined) {
        demandClientSecret('elements()', options.clientSecret);
      } else {
        demand(modes.includes(options.mode), 'Invalid value for elements(): mode should be one of: '
          + `${modes.join(', ')}. You specified: ${shown(options.mode)}.`);
      }
      return new Elements(this, { locale: this.#locale, ...options });
    }

    /**
     * Confirms a payment with what the Payment Element holds, or with `confirmParams.payment_method`.
     * A card that demands 3-D Secure opens the bank's page: over this one with `redirect: 'if_required'`, else by
     * leaving for it. With `redirect: 'always'` success leaves for the return_url and the promise stays pending.
     * @param {{elements?: Elements, clientSecret?: string, redirect?: 'always'|'if_required',
     *   confirmParams?: {return_url?: string, payment_method?: string, payment_method_data?: object}}} options
     * @returns {Promise<{paymentIntent: object}|{error: object}>} the error's `type`, `code`, `decline_code`, `message`
     *   and `payment_intent` are the API's
     * @throws {IntegrationError} (as a rejection) when called the wrong way
     */
    async confirmPayment(options) {
      demandOptions('stripe.confirmPayment()', options);
      const { elements, confirmParams = {}, redirect = 'always' } = options;
      const clientSecret = this.#clientSecretOf(options);
      demandReturnURL(redirect, confirmParams.return_url);
      const method = elements ? await this.#collect(elements, confirmParams) : { id: confirmParams.payment_method };
      if (method.error) return { error: method.error };
      const { payment_method_data: _, payment_method: __, return_url: returnURL, ...passedOn } = confirmParams;
      // A card never has to leave the page: either this script shows the bank's page, or the intent gets the address
      // to come back to.
      const way = redirect === 'if_required' ? { use_stripe_sdk: true } : { return_url: returnURL };
      const { data, error } = await call('POST', `${intentPath(clientSecret)}/confirm`, {
        ...this.#credentials, ...passedOn, ...way, client_secret: clientSecret, payment_method: method.id,
      });
      if (error) return { error };
      return this.#settle(data, redirect === 'always' ? returnURL : undefined);
    }

    #clientSecretOf({ elements, clientSecret }) {
      demand(elements === undefined || elements instanceof Elements,
        'Invalid value for stripe.confirmPayment(): elements should be made by stripe.elements().');
      const secret = clientSecret ?? elements?.[inner].settings.clientSecret;
      demandClientSecret('stripe.confirmPayment()', secret);
      return secret;
    }

    /** Has the element's frame make a PaymentMethod of what was typed. */
    async #collect(elements, confirmParams) {
      const { link, submitted, settings } = elements[inner];
      demandMounted('stripe.confirmPayment()', link);
      demand(settings.clientSecret || submitted, 'elements.submit() must be called before stripe.confirmPayment() '
        + 'when Elements were made without a clientSecret.');
      return link.ask('tokenize', {
        credentials: this.#credentials,
        billingDetails: formOf({ billing_details: confirmParams.payment_method_data?.billing_details }).toString(),
      });
    }

    /** Takes a confirmed intent to its end: the next action, then the return address if there is to be one. */
    async #settle(confirmed, returnURL) {
      const { intent, error } = await this.#act(confirmed);
      if (error) return { error };
      const open = ['requires_payment_method', 'requires_action'].includes(intent.status);
      if (open) return { error: authenticationError(intent) };
      if (returnURL) return leaveFor(returnAddress(returnURL, intent));
      return { paymentIntent: intent };
    }

    async #act(intent) {
      const action = intent.status === 'requires_action' ? intent.next_action : null;
      if (action?.type === 'redirect_to_url') return leaveFor(action.redirect_to_url.url);
      if (action?.type !== 'use_stripe_sdk') return { intent };
      const url = new URL(action.use_stripe_sdk.stripe_js, base);
      if (url.origin !== base.origin) {
        const message = 'The 3D Secure page is not on the address that Stripe.js came from.';
        return { error: { type: 'api_error', message, payment_intent: intent } };
      }
      await challenge(url);
      const { data, error } = await this.#retrieve(intent.client_secret);
      return { intent: data, error };
    }

    /**
     * @param {string} clientSecret
     * @returns {Promise<{paymentIntent: object}|{error: object}>} what a publishable key may see of the intent
     */
    async retrievePaymentIntent(clientSecret) {
      demandClientSecret('stripe.retrievePaymentIntent() intent secret', clientSecret);
      const { data, error } = await this.#retrieve(clientSecret);
      return error ? { error } : { paymentIntent: data };
    }

    /**
     * Carries out the next action of an intent that a server confirmed.
     * @param {{clientSecret: string}} options
     * @returns {Promise<{paymentIntent: object}|{error: object}>}
     */
    async handleNextAction(options) {
      demandOptions('stripe.handleNextAction()', options);
      demandClientSecret('stripe.handleNextAction()', options.clientSecret);
      const { data, error } = await this.#retrieve(options.clientSecret);
      return error ? { error } : this.#settle(data, undefined);
    }
  }

  /**
   * @param {string} publishableKey `pk_test_…` or `pk_live_…`
   * @param {{stripeAccount?: string, locale?: string}} [options]
   * @returns {StripeInstance}
   * @throws {IntegrationError} without a publishable key
   */
  function Stripe(publishableKey, options = {}) {
    demand(typeof publishableKey === 'string', 'Invalid value for Stripe(): apiKey should be a string. '
      + `You specified: ${shown(publishableKey)}.`);
    demand(publishableKey !== '', 'Please call Stripe() with your publishable key. You used an empty string.');
    demand(!/^[sr]k_/.test(publishableKey),
      'You should not use your secret key with Stripe.js.\n        Please pass a publishable key instead.');
    demand(publishableKey.startsWith('pk_'),
      'Invalid API Key provided to Stripe(): a publishable key starts with pk_.');
    demandOptions('Stripe()', options);
    demand(!options.stripeAccount || options.stripeAccount.startsWith('acct_'),
      'Invalid value for Stripe(): stripeAccount should start with acct_.');
    return new StripeInstance(publishableKey, options);
  }

  Stripe.version = 3;
  Object.defineProperty(window, 'Stripe', { value: Stripe, writable: true, configurable: true, enumerable: true });
})();

'use strict';

// Tells Stripe.js in the page around that the buyer has answered. It carries no outcome: Stripe.js asks the API.
if (window.parent !== window) window.parent.postMessage({ type: '3ds-complete' }, '*');

/** Stripe's minor units, shown in the currency's own decimals. Source: Stripe, "Supported currencies". */

const zeroDecimals = new Set('BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF'.split(' '));
const threeDecimals = new Set('BHD JOD KWD OMR TND'.split(' '));
const sentInHundredths = new Set(['ISK', 'UGX']); // no decimals of their own, yet sent ×100

function decimalsSent(code) {
  if (zeroDecimals.has(code)) return 0;
  return threeDecimals.has(code) ? 3 : 2;
}

/** `formatMoney(1250, 'eur')` is "€12.50", `formatMoney(1250, 'jpy')` is "¥1,250". */
export function formatMoney(minor, currency) {
  const code = currency.toUpperCase();
  const sent = decimalsSent(code);
  const shown = sentInHundredths.has(code) ? 0 : sent;
  const value = minor / 10 ** sent;
  const options = { minimumFractionDigits: shown, maximumFractionDigits: shown };
  try {
    return new Intl.NumberFormat(undefined, { style: 'currency', currency: code, ...options }).format(value);
  } catch {
    // A code that the browser does not take for a currency.
    return `${new Intl.NumberFormat(undefined, options).format(value)} ${code}`;
  }
}

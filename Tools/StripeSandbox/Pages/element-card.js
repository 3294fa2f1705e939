/** Card rules as a form needs them: brand, grouping, checks. Pure; knows nothing of the page. */

const brands = [
  { name: 'amex', title: 'American Express', starts: /^3[47]/, lengths: [15], groups: [4, 6, 5], cvc: 4 },
  { name: 'diners', title: 'Diners Club', starts: /^3(0[0-5]|[689])/, lengths: [14, 16], groups: [4, 6, 4], cvc: 3 },
  { name: 'jcb', title: 'JCB', starts: /^35(2[89]|[3-8])/, lengths: [16], groups: [4, 4, 4, 4], cvc: 3 },
  { name: 'discover', title: 'Discover', starts: /^6(011|4[4-9]|5)/, lengths: [16], groups: [4, 4, 4, 4], cvc: 3 },
  { name: 'unionpay', title: 'UnionPay', starts: /^62/, lengths: [16, 19], groups: [4, 4, 4, 4, 3], cvc: 3 },
  { name: 'visa', title: 'Visa', starts: /^4/, lengths: [16], groups: [4, 4, 4, 4], cvc: 3 },
  {
    name: 'mastercard', title: 'Mastercard', starts: /^(5[1-5]|2(22[1-9]|2[3-9]|[3-6]|7[01]|720))/,
    lengths: [16], groups: [4, 4, 4, 4], cvc: 3,
  },
];
const unknown = { name: 'unknown', title: '', lengths: [16], groups: [4, 4, 4, 4], cvc: 3 };

export const digitsOf = (text) => text.replace(/\D/g, '');
export const brandOf = (number) => brands.find((brand) => brand.starts.test(number)) ?? unknown;
const longest = (brand) => Math.max(...brand.lengths);

/** Whether the last digit is the check digit (ISO/IEC 7812-1). */
export function passesLuhn(number) {
  const sum = [...number].reverse().reduce((total, digit, place) => {
    const value = Number(digit) * (place % 2 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}

/** Digits in the groups printed on the card. */
export function formatNumber(text) {
  const all = digitsOf(text);
  const brand = brandOf(all);
  const digits = all.slice(0, longest(brand));
  let start = 0;
  const groups = brand.groups.map((size) => digits.slice(start, start += size));
  return [...groups, digits.slice(start)].filter(Boolean).join(' ');
}

/** `MM / YY` as it is typed; while `deleting`, no separator is put back behind the month. */
export function formatExpiry(text, deleting) {
  const lone = /^\s*(\d)\s*[/.-]/.exec(text); // "1/" says January
  let digits = digitsOf(lone ? `0${text.trim()}` : text);
  if (/^[2-9]/.test(digits)) digits = `0${digits}`;
  // A year of four digits: 20 alone would be long past, so it is the century.
  if (/^\d\d20\d\d/.test(digits)) digits = digits.slice(0, 2) + digits.slice(4);
  digits = digits.slice(0, /^\d\d20\d/.test(digits) ? 5 : 4);
  if (digits.length < 2 || (deleting && digits.length === 2)) return digits;
  return `${digits.slice(0, 2)} / ${digits.slice(2)}`;
}

export const formatCVC = (text, number) => digitsOf(text).slice(0, brandOf(digitsOf(number)).cvc);

const fault = (code, message) => ({ type: 'validation_error', code, message });

/** @returns {object|null} the fault as Stripe names it; `null` when the number may be charged */
export function checkNumber(text) {
  const number = digitsOf(text);
  const brand = brandOf(number);
  if (number.length === longest(brand) && !passesLuhn(number)) {
    return fault('invalid_number', 'Your card number is invalid.');
  }
  if (!brand.lengths.includes(number.length) || !passesLuhn(number)) {
    return fault('incomplete_number', 'Your card number is incomplete.');
  }
  return null;
}

/** @param {Date} today the month of expiry is still good */
export function checkExpiry(text, today) {
  const digits = digitsOf(text);
  if (digits.length !== 4) return fault('incomplete_expiry', "Your card's expiration date is incomplete.");
  const month = Number(digits.slice(0, 2));
  const year = 2000 + Number(digits.slice(2));
  const thisYear = today.getFullYear();
  if (month < 1 || month > 12) return fault('invalid_expiry_month', "Your card's expiration month is invalid.");
  if (year < thisYear) return fault('invalid_expiry_year_past', "Your card's expiration year is in the past.");
  if (year > thisYear + 50) return fault('invalid_expiry_year', "Your card's expiration year is invalid.");
  if (year === thisYear && month <= today.getMonth()) {
    return fault('invalid_expiry_month_past', "Your card's expiration date is in the past.");
  }
  return null;
}

export function checkCVC(text, number) {
  const complete = digitsOf(text).length === brandOf(digitsOf(number)).cvc;
  return complete ? null : fault('incomplete_cvc', "Your card's security code is incomplete.");
}

// What a steward types into the one box, as the parameters of a look-up: an e-mail, a phone in any writing, a customer number, a DCN, or a name with or without a postal code.
// Understands text; calls nothing and shows nothing.

const PHONE = /^\+?[\d\s().\-/]*\d[\d\s().\-/]*(?:(?:x|ext\.?)\s*\d+)?$/i;
const NUMBER_DIGITS = 9;

/** The parameters that a text stands for, and the word for what it was taken for; null where there is none. */
export function understand(text) {
  const query = text.trim().replace(/\s+/g, ' ');
  if (query === '') return null;
  if (query.includes('@')) return { asked: { email: query }, as: 'e-mail address' };
  if (query.includes('|')) return { asked: { dcn: query.replace(/\s*\|\s*/, '|') }, as: 'DCN' };
  if (/^\d+$/.test(query) && query.length <= NUMBER_DIGITS) return { asked: { number: query }, as: 'customer number' };
  if (PHONE.test(query)) return { asked: { phone: query }, as: 'phone' };
  const words = query.replace(/,/g, ' ').split(' ').filter(Boolean);
  const codes = trailingCode(words);
  const name = words.slice(0, words.length - codes).join(' ');
  const postalCode = words.slice(words.length - codes).join(' ');
  if (postalCode === '' || name === '') return { asked: { name: query }, as: 'name' };
  return { asked: { name, postalCode }, as: 'name and postal code' };
}

// How many words at the end are a postal code: one or two, each with a digit in it.
function trailingCode(words) {
  const hasDigit = (word) => word !== undefined && /\d/.test(word);
  if (words.length < 2 || !hasDigit(words.at(-1))) return 0;
  return words.length > 2 && hasDigit(words.at(-2)) && words.at(-2).length <= 4 ? 2 : 1;
}

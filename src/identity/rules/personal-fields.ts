import { done, problem, refuse, type Outcome } from '../../kernel/index.js';

/** A telephone number as it is stored: digits only, without the country code. Mainland mobile, landline or 400 number. */
export function normalisePhone(text: string): Outcome<string> {
  const digits = text.normalize('NFKC').replace(/[\s()-]/gu, '').replace(/^(\+|00)86/u, '');
  if (/^1[3-9]\d{9}$/.test(digits) || /^0\d{9,11}$/.test(digits) || /^400\d{7}$/.test(digits)) return done(digits);
  // The number itself stays out of the message: messages are logged, and it may be somebody's.
  return refuse(problem('PHONE_INVALID', { zh: `电话号码须为 11 位手机号、带区号的固话或 400 号码，收到 ${digits.length} 位`, en: `a telephone number must be an 11 digit mobile, a landline with its area code or a 400 number; this has ${digits.length} digits`, field: 'phone' }));
}

/** 138****5678; of anything shorter only its last two digits. */
export function maskPhone(phone: string): string {
  return phone.length === 11 && phone.startsWith('1') ? `${phone.slice(0, 3)}****${phone.slice(7)}` : `${'*'.repeat(Math.max(phone.length - 2, 0))}${phone.slice(-2)}`;
}

/** 张**: the first character, and a star for each other, at most three, so that the length of a long name does not tell who it is. */
export function maskName(name: string): string {
  const [first, ...rest] = [...name.trim()];
  return first === undefined ? '*' : first + '*'.repeat(Math.min(Math.max(rest.length, 1), 3));
}

import { expect, test } from '@jest/globals';
import { readConfiguration } from '../../src/platform/index.js';

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    readConfiguration(environment);
    return [];
  } catch (error) {
    return (error as { problems: readonly string[] }).problems;
  }
}

const key = (byte: number): string => Buffer.alloc(32, byte).toString('base64');

test.each([
  ['PORT', ' ', 'must be a whole number from 0 to 65535'],
  ['PORT', '70000', 'must be a whole number from 0 to 65535'],
  ['PORT', '1e3', 'must be a whole number from 0 to 65535'],
  ['PORT', '40.5', 'must be a whole number from 0 to 65535'],
  ['DATABASE_POOL', 'many', 'must be a whole number from 2 to 200'],
  ['STOP_SECONDS', '-1', 'must be a whole number from 0 to 120'],
  ['DEMO_CITY', 'yes', 'must be true or false, or 1 or 0'],
  ['LOG_LEVEL', 'loud', 'must be fatal, error, warn, info, debug or silent'],
  ['PUBLIC_URL', 'city.example', 'must be an address that begins with https:// or http://'],
  ['JWT_JWKS_URL', 'ftp://id.example', 'must be an address that begins with https:// or http://'],
  ['SEALING_KEYS', ',', 'must have at least one id:base64'],
  ['SEALING_KEYS', `main:${key(1)},main:${key(2)}`, 'must have each id once: what was sealed names its key by it'],
])('%s=%s is refused in words that say the fix', (name, value, words) => {
  const [told] = problemsOf({ [name]: value }).filter(line => line.startsWith(`${name} `));

  expect(told).toMatch(/^[A-Z_]+ [须每][^/]/);
  expect(told!.endsWith(` / ${words}`)).toBe(true);
});

test.each(['https://city.example/', 'https://city.example/app', 'city.example', 'HTTPS://City.example', '*', 'null'])('an origin that no browser would send is refused, not silently never met: %s', value => {
  expect(problemsOf({ ALLOWED_ORIGINS: `https://other.example,${value}` })).toEqual(['ALLOWED_ORIGINS 须为浏览器所发的来源，如 https://city.example，小写，不带路径与末尾斜杠 / must be origins as browsers send them: https://city.example, in small letters, without a path or a slash at the end']);
});

test('what is well said is read as it was meant', () => {
  const { PORT, DEMO_CITY, ALLOWED_ORIGINS, SEALING_KEYS, PUBLIC_URL } = readConfiguration({ PORT: '0', DEMO_CITY: '0', ALLOWED_ORIGINS: 'https://a.example, http://127.0.0.1:3000,capacitor://localhost', SEALING_KEYS: `new:${key(1)},old:${key(2)}`, PUBLIC_URL: 'https://a.example/' });

  expect({ PORT, DEMO_CITY, ALLOWED_ORIGINS, PUBLIC_URL, ids: SEALING_KEYS!.map(({ id }) => id) }).toEqual({ PORT: 0, DEMO_CITY: false, ALLOWED_ORIGINS: ['https://a.example', 'http://127.0.0.1:3000', 'capacitor://localhost'], PUBLIC_URL: 'https://a.example', ids: ['new', 'old'] });
});

test.each(['postgres://', 'postgres://host', 'postgres://%zz@host/city', 'postgres://u:100%@host/city', 'http://host/city', 'host/city'])('an address of a database that no driver could take apart is told before it is tried: %s', url => {
  const keys = { SEALING_KEYS: `main:${key(1)}`, LOOKUP_KEY: key(2) };

  expect(() => readConfiguration({ ...keys, DATABASE_URL: url })).toThrow('/ must be postgres://user:password@host:5432/database; in names and passwords write % as %25, @ as %40, / as %2F and # as %23');
  expect(readConfiguration({ ...keys, DATABASE_URL: 'postgresql://u:100%25@host/city' }).DATABASE_URL).toBe('postgresql://u:100%25@host/city');
});

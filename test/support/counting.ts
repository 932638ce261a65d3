import type { Unit } from '../../src/platform/index.js';

/** A unit that counts its statements. */
export function counting(unit: Unit): { readonly unit: Unit; readonly count: () => number } {
  let statements = 0;
  const counted = new Proxy(unit, {
    get(target, name) {
      if (name === 'query') return (text: string, params?: readonly unknown[]) => ((statements += 1), target.query(text, params));
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value as (...told: unknown[]) => unknown).bind(target) : value;
    },
  });
  return { unit: counted, count: () => statements };
}

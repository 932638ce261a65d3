import { expect, test } from '@jest/globals';
import type { Database } from '../../src/platform/index.js';
import { LendingShelf } from '../../src/availability/lending-shelf.js';

const standing = (id: string) => ({ id, city: '350500', version: '1', status: 'OPEN', lending: { zoneName: 'Asia/Shanghai', closesAt: null, capacities: [] }, windows: [] });

test('what a caller was told that it knows stays with it, though others take the room on the shelf meanwhile', () => {
  const database = {} as Database;
  new LendingShelf(database).put({ id: 'first', version: '1', whole: standing('first') });
  const shelf = new LendingShelf(database);

  const asked = shelf.versionsOf(['first', 'unknown']);
  const crowd = new LendingShelf(database);
  for (let nth = 0; nth < 1_000; nth += 1) crowd.put({ id: `other-${nth}`, version: '1', whole: standing(`other-${nth}`) });

  expect(asked).toEqual([{ id: 'first', version: '1' }, { id: 'unknown', version: null }]);
  expect(shelf.put({ id: 'first', version: '1', whole: null })?.id).toBe('first');
  expect(new LendingShelf(database).versionsOf(['first'])).toEqual([{ id: 'first', version: null }]);
});

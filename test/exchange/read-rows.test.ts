import { describe, expect, test } from '@jest/globals';
import iconv from 'iconv-lite';
import { archive, readBytes, workbook } from './files.js';

const cells = (read: Awaited<ReturnType<typeof readBytes>>) => read.rows.map(({ row, cells: found }) => [row, ...Object.values(found)]);

describe('tables of text', () => {
  const text = 'code,name\r\n1,"东湖, 停车场"\r\n\r\n2,"两\n行 ""引号"""\r\n3,\r\n';
  const expected = [[2, '1', '东湖, 停车场'], [4, '2', '两\n行 "引号"'], [5, '3', null]];

  test.each([
    ['UTF-8', Buffer.from(text), 'UTF-8'],
    ['UTF-8 with a byte-order mark', Buffer.from(`\uFEFF${text}`), 'UTF-8'],
    ['GB18030', iconv.encode(text, 'gb18030'), 'GB18030'],
    ['UTF-16 as old spreadsheets save it', Buffer.from(`\uFEFF${text}`, 'utf16le'), 'UTF-16LE'],
  ])('%s is told from its bytes; rows are numbered as a spreadsheet shows them', async (_name, bytes, encoding) => {
    const read = await readBytes(bytes);

    expect([read.format, read.encoding, read.broken]).toEqual(['CSV', encoding, null]);
    expect(cells(read)).toEqual(expected);
  });

  test('a letter cut by the edge of a read is whole again', async () => {
    const name = '泉'.repeat(70_000);
    const read = await readBytes(`a,b\nx${name},1\n`);

    expect(cells(read)).toEqual([[2, `x${name}`, '1']]);
  });

  test('a declared encoding that the bytes contradict is refused, and so is what is neither', async () => {
    expect((await readBytes(iconv.encode('名称\n东湖\n', 'gb18030'), { encoding: 'UTF-8' })).broken).toEqual([null, 'ENCODING_WRONG']);
    expect((await readBytes(Buffer.from([0x61, 0x0a, 0xff, 0xff, 0x0a]))).broken).toEqual([null, 'ENCODING_UNKNOWN']);
  });

  test('the delimiter is the mark that parts the heading', async () => {
    expect(cells(await readBytes('a;b\n1;2,5\n'))).toEqual([[2, '1', '2,5']]);
    expect(cells(await readBytes('a\tb\n1\t2\n'))).toEqual([[2, '1', '2']]);
    expect(cells(await readBytes('a|b,c\n1|2\n', { delimiter: '|' }))).toEqual([[2, '1', '2']]);
  });

  test('a row of the wrong width is its own problem; a quote that never closes breaks the file', async () => {
    const read = await readBytes('a,b\n1,2\n3\n4,5,6\n');

    expect(read.rows.map(each => [each.row, each.problems.map(problem => problem.code)])).toEqual([[2, []], [3, ['ROW_WIDTH']], [4, ['ROW_WIDTH']]]);
    expect((await readBytes('a,b\n1,2\n3,"cut off')).broken).toEqual([3, 'FILE_CUT_OFF']);
    expect((await readBytes('a,b\n1,"x"y\n')).broken).toEqual([2, 'CSV_MALFORMED']);
    expect((await readBytes('a,b,a\n1,2,3\n')).broken).toEqual([1, 'COLUMN_TWICE']);
    expect((await readBytes(`a\n"${'x'.repeat(1_100_000)}"\n`)).broken).toEqual([2, 'ROW_TOO_LONG']);
    expect((await readBytes(`${Array.from({ length: 501 }, (_, index) => `c${index}`).join(',')}\n`)).broken).toEqual([1, 'TOO_MANY_COLUMNS']);
  });

  test('an empty file and an old .xls are named as such', async () => {
    for (const nothing of ['', '\uFEFF', ' \r\n\r\n']) expect((await readBytes(nothing)).broken).toEqual([null, 'FILE_EMPTY']);
    expect((await readBytes(Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1]))).broken).toEqual([null, 'SPREADSHEET_OLD']);
  });
});

describe('GeoJSON', () => {
  const feature = (code: number, geometry: unknown = { type: 'Point', coordinates: [118.6, 24.9] }) => ({ type: 'Feature', id: code, properties: { code, name: ` 名${code} `, open: true, tags: ['a'], empty: '' }, geometry });
  const collection = (features: readonly unknown[]) => JSON.stringify({ type: 'FeatureCollection', name: 'x', crs: { properties: { features: [1] } }, features });

  test('features are counted from 1; a point also stands as two columns', async () => {
    const read = await readBytes(collection([feature(1), feature(2, { type: 'Polygon', coordinates: [[[118, 24], [119, 24], [119, 25], [118, 24]]] })]));

    expect([read.format, read.broken]).toEqual(['GEOJSON', null]);
    expect(read.rows.map(each => [each.row, each.cells, each.geometry?.type])).toEqual([
      [1, { $id: 1, code: 1, name: '名1', open: true, tags: '["a"]', empty: null, $longitude: 118.6, $latitude: 24.9 }, 'Point'],
      [2, { $id: 2, code: 2, name: '名2', open: true, tags: '["a"]', empty: null }, 'Polygon'],
    ]);
  });

  test('what is cut off breaks at its feature; what holds none is refused; what is no feature is its own problem', async () => {
    expect((await readBytes(collection([feature(1), feature(2)]).slice(0, -40))).broken).toEqual([2, 'GEOJSON_MALFORMED']);
    expect((await readBytes('{"type":"FeatureCollection","features":{"a":1}}')).broken).toEqual([1, 'GEOJSON_MALFORMED']);
    expect((await readBytes('{"type":"Point","coordinates":[1,2]}')).broken).toEqual([null, 'NO_FEATURES']);
    expect((await readBytes(collection([7, feature(2)]))).rows.map(each => each.problems.map(problem => problem.code))).toEqual([['NOT_A_FEATURE'], []]);
  });

  test('a property named __proto__ is a column like any other', async () => {
    const read = await readBytes('{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"__proto__":"x","code":"1"},"geometry":null}]}');

    expect(Object.entries(read.rows[0]!.cells)).toEqual([['__proto__', 'x'], ['code', '1']]);
    expect(Object.getPrototypeOf(read.rows[0]!.cells)).toBe(Object.prototype);
  });
});

describe('spreadsheets', () => {
  test('numbers, dates, times of day, yes and no, and a gap in the rows', async () => {
    const read = await readBytes(workbook([['code', 'day', 'at', 'open', 'name'], [350502001001, { date: 46054 }, { time: 0.75 }, true, ' 东湖 '], [null], [2, { date: 46054.5 }, { time: 0.3125 }, false, null]]));

    expect([read.format, read.broken]).toEqual(['XLSX', null]);
    expect(cells(read)).toEqual([[2, 350502001001, '2026-02-01', '18:00', true, '东湖'], [4, 2, '2026-02-01 12:00', '07:30', false, null]]);
  });

  test('a sheet is chosen by its name', async () => {
    expect((await readBytes(workbook([['a'], [1]], '泊位'), { sheet: '泊位' })).rows).toHaveLength(1);
    expect((await readBytes(workbook([['a'], [1]], '泊位'), { sheet: '窗口' })).broken).toEqual([null, 'SHEET_UNKNOWN']);
  });

  test('an archive that unpacks to too much is refused before it is opened, and so is one that lies about it', async () => {
    const zeros = Buffer.alloc(4 * 1024 * 1024);

    expect((await readBytes(archive([{ name: 'xl/a.xml', content: zeros, claimedBytes: 300 * 1024 * 1024 }]))).broken).toEqual([null, 'SPREADSHEET_TOO_LARGE']);
    expect((await readBytes(archive([{ name: 'xl/a.xml', content: zeros, claimedBytes: 1_000 }]))).broken).toEqual([null, 'SPREADSHEET_TOO_LARGE']);
    expect((await readBytes(archive(Array.from({ length: 2_001 }, (_, index) => ({ name: `${index}`, content: '' }))))).broken).toEqual([null, 'SPREADSHEET_TOO_LARGE']);
  });

  test('what is cut off or no workbook is named as such', async () => {
    const whole = workbook([['a'], [1]]);

    expect((await readBytes(whole.subarray(0, whole.length - 30))).broken).toEqual([null, 'SPREADSHEET_MALFORMED']);
    expect((await readBytes(archive([{ name: 'readme.txt', content: 'hello' }]))).broken).toEqual([null, 'SPREADSHEET_MALFORMED']);
    expect((await readBytes(Buffer.from('PK but no archive'))).broken).toEqual([null, 'SPREADSHEET_MALFORMED']);
  });
});

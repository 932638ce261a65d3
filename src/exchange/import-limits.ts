/** Every bound of an import, in one place: a file beyond one is refused with the bound in its message. */
export const IMPORT_LIMITS = {
  fileBytes: 64 * 1024 * 1024,
  /** A spreadsheet is read whole, so it may be smaller and unpack to so much. */
  spreadsheetBytes: 16 * 1024 * 1024,
  spreadsheetUnpackedBytes: 192 * 1024 * 1024,
  spreadsheetEntries: 2000,
  recordCharacters: 1024 * 1024,
  columns: 500,
  batchRows: 500,
  problemsKept: 1000,
  /** Rows that may stand together as one window. */
  groupRows: 200,
} as const;

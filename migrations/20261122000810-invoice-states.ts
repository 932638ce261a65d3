import { defineMigration } from '../src/platform/migration.js';

// Whoever issues invoices asks for the charges that wait for one: few of many, and they were looked for charge by charge.
export const invoiceStates = defineMigration('20261122000810-invoice-states', ['create index invoice_state on invoice (state, receipt_id)'], ['drop index invoice_state']);

import { defineMigration } from '../src/platform/migration.js';

// A provider may tell of a second transaction of one order: nothing was settled by it, and nothing could give it back, for a payment has one
// transaction. Answered, it is a payment of its own that names the one by whose order it came, and its refund goes the way of all others.
export const furtherTransactions = defineMigration(
  '20261122000850-further-transactions',
  [
    `alter table payment
       add column order_of type_id,
       add constraint payment_further check (order_of is null or (state = 'PAID' and order_of <> id)),
       add foreign key (city, order_of) references payment (city, id)`,
  ],
  // Money that came is never forgotten: where a further transaction was booked, there is no way back.
  ['alter table payment drop constraint payment_further, drop column order_of'],
);

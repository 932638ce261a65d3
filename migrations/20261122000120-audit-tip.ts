import { defineMigration } from '../src/platform/migration.js';

/**
 * A transaction that writes many lines locks the chain and looks its end up once: what the next line hangs on is kept in a
 * setting of the transaction, with its day, and goes with it. Whoever could set it falsely could write lines as well, and
 * the verification finds either.
 */
const UP = [
  `create function audit_tip(its_day date) returns bytea language plpgsql
     set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off as $$
   declare
     tip bytea;
   begin
     -- The chain is serial: the lock is held until the commit, and is therefore taken last in every transaction.
     perform pg_advisory_xact_lock(7142023);
     select e.hash into tip from audit_entry e where e.day = its_day order by e.sequence desc limit 1;
     return coalesce(tip, sha256(convert_to('day ' || its_day, 'UTF8')));
   end $$`,
  `create or replace function audit_entry_chain() returns trigger language plpgsql as $$
   declare
     known text := current_setting('audit.tip', true);
   begin
     new.day := (new.at at time zone 'Asia/Shanghai')::date;
     new.previous_hash := case when split_part(known, ' ', 1) = new.day::text then decode(split_part(known, ' ', 2), 'hex') else audit_tip(new.day) end;
     -- The number is drawn again under the lock, so that the chain's order and the numbers' order are one.
     new.sequence := nextval('audit_entry_sequence_seq');
     new.hash := sha256(new.previous_hash || convert_to(audit_entry_text(new), 'UTF8'));
     perform set_config('audit.tip', new.day || ' ' || encode(new.hash, 'hex'), true);
     return new;
   end $$`,
  'alter function audit_entry_chain() reset all',
];

const DOWN = [
  `create or replace function audit_entry_chain() returns trigger language plpgsql as $$
   begin
     perform pg_advisory_xact_lock(7142023);
     new.day := (new.at at time zone 'Asia/Shanghai')::date;
     new.sequence := nextval(pg_get_serial_sequence('audit_entry', 'sequence'));
     select e.hash into new.previous_hash from audit_entry e where e.day = new.day order by e.sequence desc limit 1;
     new.previous_hash := coalesce(new.previous_hash, sha256(convert_to('day ' || new.day, 'UTF8')));
     new.hash := sha256(new.previous_hash || convert_to(audit_entry_text(new), 'UTF8'));
     return new;
   end $$`,
  ...['seqscan', 'bitmapscan', 'sort'].map(way => `alter function audit_entry_chain() set enable_${way} = off`),
  'drop function audit_tip',
];

export const auditTip = defineMigration('20261122000120-audit-tip', UP, DOWN);

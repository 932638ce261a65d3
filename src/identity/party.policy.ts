import type { Viewer } from '../platform/index.js';
import { may, type GrantHolder } from './rules/may.js';

interface SeenParty {
  readonly id: string;
  readonly kind: string;
  readonly jurisdictionCode?: string | null;
}

/** An organisation's name and kind are public, as they are in the register; a person is seen only by whoever has the right there. */
export function maySeeParty(viewer: GrantHolder, party: SeenParty): boolean {
  return party.kind !== 'PERSON' || maySeePersonalFields(viewer, party);
}

/** Who sees a party's masked personal fields. Reading them in clear is another right (`personal:read-clear`). */
export function maySeePersonalFields(viewer: GrantHolder, party: SeenParty): boolean {
  return may(viewer, 'party:read', { partyId: party.id, jurisdictionCode: party.jurisdictionCode });
}

/** A viewer that has just registered a party: it sees, masked, what it wrote. */
export function seeingParty(viewer: Viewer, partyId: string): Viewer {
  return { ...viewer, grants: [...viewer.grants, { action: 'party:read', partyId, jurisdictionCode: null }] };
}

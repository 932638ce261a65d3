import type { FacilityDraft } from '../../facilities/index.js';
import type { Draw } from './draw.js';

/** The checks that stand behind the windows of a facility; results only, never the documents. */
export function drawProofs(draw: Draw, { category, zones, status }: FacilityDraft) {
  if (status !== 'OPEN') return [];
  switch (category) {
    case 'RESIDENTIAL':
      return [ownersResolution(draw, zones.flatMap(zone => zone.capacity ?? []).reduce((sum, { total }) => sum + total, 0))];
    case 'PRIVATE_SPACE':
      return [{ kind: 'TITLE_VERIFICATION', validUntil: null } as const];
    case 'INSTITUTION':
      return draw.chance(0.7) ? [{ kind: 'SECURITY_PLAN' } as const] : [];
    default:
      return [];
  }
}

/** A resolution that carries with room to spare: over two thirds take part, over three quarters of them agree (2.5-4, Civil Code 278). */
function ownersResolution(draw: Draw, spaces: number) {
  const ownersTotal = spaces + draw.whole(10, 60);
  const ownersParticipating = Math.ceil(ownersTotal * (0.68 + 0.2 * draw.share()));
  const ownersInFavour = Math.ceil(ownersParticipating * (0.77 + 0.2 * draw.share()));
  const areaOf = (owners: number): number => owners * 105;
  return {
    kind: 'OWNERS_RESOLUTION',
    areaTotal: areaOf(ownersTotal), areaParticipating: areaOf(ownersParticipating), areaInFavour: areaOf(ownersInFavour),
    ownersTotal, ownersParticipating, ownersInFavour, businessUse: true,
  } as const;
}

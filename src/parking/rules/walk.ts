// The policy's walk to a destination, in metres, and the median detour of a mapped Chinese district (2.1-3, G3).
const WALK_METRES = 500;
const DETOUR = 1.36;

/** How far a facility may lie, straight, and still be a walk away. */
export function reachMetres(): number {
  return WALK_METRES / DETOUR;
}

/** The walk that a straight distance stands for, in whole metres: an estimate. */
export function walkingMetresOf(distanceMetres: number): number {
  return Math.round(distanceMetres * DETOUR);
}

/** What the choice of a reporting unit looks at. */
export interface Division {
  readonly id: string;
  readonly code: string;
  readonly path: readonly string[];
  readonly isReportingUnit: boolean;
  /** The development zone that counts what lies here, or null. */
  readonly memberOf: string | null;
}

/**
 * The one unit that counts what lies in a division (0-1, G8): the development zone that its sub-district belongs to,
 * else the nearest reporting unit above it, else the root. A district is never asked about its zone's sub-districts.
 */
export function reportingUnitOf(division: Division, byCode: ReadonlyMap<string, Division>): string {
  const upwards = [...division.path].reverse().map(code => byCode.get(code)).filter(found => found !== undefined);
  const member = upwards.find(found => found.memberOf !== null);
  return member?.memberOf ?? upwards.find(found => found.isReportingUnit)?.id ?? upwards.at(-1)?.id ?? division.id;
}

import type { Coordinate } from './coordinates.js';

/** Metres in a projected plane: `x` to the east, `y` to the north. */
export interface PlanePoint {
  readonly x: number;
  readonly y: number;
}

const RADIAN = Math.PI / 180;

/**
 * A transverse Mercator plane on the CGCS2000 ellipsoid, after Krüger's series in n to the fourth order: below a
 * millimetre within 3° of its meridian. Plain code, so that a distance in memory equals one in the database.
 */
export class LocalPlane {
  readonly epsg: number;
  readonly #centralMeridian: number;
  readonly #falseEasting: number;
  readonly #eccentricity: number;
  readonly #rectifyingRadius: number;
  readonly #alpha: readonly [number, number, number, number];

  constructor({ epsg, centralMeridian, falseEasting }: { epsg: number; centralMeridian: number; falseEasting: number }) {
    this.epsg = epsg;
    this.#centralMeridian = centralMeridian;
    this.#falseEasting = falseEasting;
    const flattening = 1 / 298.257222101;
    const n = flattening / (2 - flattening);
    this.#eccentricity = Math.sqrt(flattening * (2 - flattening));
    this.#rectifyingRadius = (6_378_137 / (1 + n)) * (1 + n ** 2 / 4 + n ** 4 / 64);
    this.#alpha = [
      n / 2 - (2 / 3) * n ** 2 + (5 / 16) * n ** 3 + (41 / 180) * n ** 4,
      (13 / 48) * n ** 2 - (3 / 5) * n ** 3 + (557 / 1440) * n ** 4,
      (61 / 240) * n ** 3 - (103 / 140) * n ** 4,
      (49561 / 161280) * n ** 4,
    ];
  }

  /** A WGS-84 coordinate (taken as CGCS2000) in this plane. */
  project({ longitude, latitude }: Coordinate): PlanePoint {
    const e = this.#eccentricity;
    const sine = Math.sin(latitude * RADIAN);
    const lambda = (longitude - this.#centralMeridian) * RADIAN;
    const conformal = Math.sinh(Math.atanh(sine) - e * Math.atanh(e * sine));
    const xi = Math.atan2(conformal, Math.cos(lambda));
    const eta = Math.atanh(Math.sin(lambda) / Math.hypot(1, conformal));
    let north = xi;
    let east = eta;
    this.#alpha.forEach((alpha, index) => {
      const order = 2 * (index + 1);
      north += alpha * Math.sin(order * xi) * Math.cosh(order * eta);
      east += alpha * Math.cos(order * xi) * Math.sinh(order * eta);
    });
    return { x: this.#falseEasting + this.#rectifyingRadius * east, y: this.#rectifyingRadius * north };
  }
}

/** EPSG:4549, CGCS2000 / 3-degree Gauss-Krüger CM 120E: the plane of Fujian and Zhejiang, and that of the search table. */
export const FUJIAN_PLANE = new LocalPlane({ epsg: 4549, centralMeridian: 120, falseEasting: 500_000 });

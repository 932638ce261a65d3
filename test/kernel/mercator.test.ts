import { expect, test } from '@jest/globals';
import { coordinates, mercator } from '../../src/kernel/index.js';

test('a known point: 118.6 E, 24.9 N lies where PROJ puts it', () => {
  const { x, y } = mercator.toMercator({ longitude: 118.6, latitude: 24.9 });

  expect(x).toBeCloseTo(13_202_491.6081, 3);
  expect(mercator.toMercator({ longitude: 0, latitude: 0 })).toEqual({ x: 0, y: 0 });
  expect(y).toBeCloseTo(2_845_482.5011, 3);
});

test('over a walk, the plane divided by its scale is the ground: within 0.02 % in Quanzhou and in Hamburg', () => {
  for (const latitude of [24.9, 53.5]) {
    const origin = { longitude: 10, latitude };
    for (const [east, north] of [[0.004, 0], [0, 0.004], [-0.003, 0.003]] as const) {
      const point = { longitude: 10 + east, latitude: latitude + north };
      const [a, b] = [mercator.toMercator(origin), mercator.toMercator(point)];
      const ground = Math.hypot(a.x - b.x, a.y - b.y) / mercator.scaleAt(latitude + north / 2);

      expect(Math.abs(ground / coordinates.geodesicMetres(origin, point) - 1)).toBeLessThan(0.0002);
    }
  }
});

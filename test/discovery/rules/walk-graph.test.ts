import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { coordinates, type Coordinate } from '../../../src/kernel/index.js';
import { NearestHeap } from '../../../src/discovery/rules/nearest-heap.js';
import { WalkGraph, type PackedEdges } from '../../../src/discovery/rules/walk-graph.js';

const CORNER = { longitude: 118.58, latitude: 24.9 };
/** About 100 m in either direction. */
const STEP = 0.001;

/** Nodes stand on a crooked line, so that no two share a place and no edge runs through a third. */
const placeOf = (node: number): Coordinate => ({ longitude: CORNER.longitude + node * STEP, latitude: CORNER.latitude + ((node * node) % 7) * STEP });

function packed(edges: ReadonlyArray<readonly [from: number, to: number, metres: number]>): PackedEdges {
  const e7 = (degrees: number): number => Math.round(degrees * 1e7);
  return {
    ends: Int32Array.from(edges.flatMap(([from, to]) => [from, to].flatMap(node => [e7(placeOf(node).longitude), e7(placeOf(node).latitude)]))),
    metres: Float64Array.from(edges, ([, , metres]) => metres),
  };
}

const NODES = 8;
const someEdges = fc.array(
  fc.tuple(fc.nat(NODES - 1), fc.nat(NODES - 1), fc.integer({ min: 1, max: 500 })).filter(([from, to]) => from !== to),
  { minLength: 1, maxLength: 16 },
);

/** All shortest ways at once, by Floyd and Warshall. */
function allMetres(edges: ReadonlyArray<readonly [number, number, number]>): number[][] {
  const metres = Array.from({ length: NODES }, (_, a) => Array.from({ length: NODES }, (_, b) => (a === b ? 0 : Number.POSITIVE_INFINITY)));
  for (const [from, to, length] of edges) {
    metres[from]![to] = Math.min(metres[from]![to]!, length);
    metres[to]![from] = Math.min(metres[to]![from]!, length);
  }
  for (let over = 0; over < NODES; over += 1) {
    for (let a = 0; a < NODES; a += 1) {
      for (let b = 0; b < NODES; b += 1) metres[a]![b] = Math.min(metres[a]![b]!, metres[a]![over]! + metres[over]![b]!);
    }
  }
  return metres;
}

describe('shortest walks', () => {
  test('are those of Floyd and Warshall, in whatever order they are asked for, and none is longer than the bound', () => {
    fc.assert(fc.property(someEdges, fc.nat(NODES - 1), fc.integer({ min: 0, max: 1_500 }), fc.shuffledSubarray([...Array(NODES).keys()], { minLength: NODES }), (edges, start, whole, order) => {
      const graph = WalkGraph.of([packed(edges)]);
      const from = graph.snap(placeOf(start), 0.01);
      fc.pre(from !== null);
      // Every length is whole: half a metre keeps the bound off all of them.
      const bound = whole + 0.5;
      const expected = allMetres(edges)[start]!.map(metres => (metres <= bound ? metres : null));
      const walks = graph.walksFrom(from, bound);

      const walked = order.map(node => {
        const end = graph.snap(placeOf(node), 0.01);
        const metres = end && walks.metresTo(end);
        return metres === null ? null : Math.round(metres * 1_000) / 1_000;
      });

      expect(walked).toEqual(order.map(node => expected[node]));
    }));
  });

  test('between two points of edges: off the place, along to either end, on, and straight along where the edge is one', () => {
    fc.assert(fc.property(someEdges, fc.nat(), fc.nat(), fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), (edges, nth, other, here, there) => {
      const graph = WalkGraph.of([packed(edges)]);
      const metres = allMetres(edges);
      const [a, b] = [nth % edges.length, other % edges.length];
      const [[fromA, toA, lengthA], [fromB, toB, lengthB]] = [edges[a]!, edges[b]!];
      const expected = Math.min(
        ...[[fromA, here * lengthA], [toA, (1 - here) * lengthA]].flatMap(([nodeA, offA]) =>
          [[fromB, there * lengthB], [toB, (1 - there) * lengthB]].map(([nodeB, offB]) => offA! + metres[nodeA!]![nodeB!]! + offB!)),
        a === b ? Math.abs(here - there) * lengthA : Number.POSITIVE_INFINITY,
      );

      const walked = graph.walksFrom({ edge: a, fraction: here, offMetres: 3 }, 100_000).metresTo({ edge: b, fraction: there, offMetres: 4 });

      expect(walked ?? Number.POSITIVE_INFINITY).toBeCloseTo(expected + 7, 6);
    }));
  });

  test('networks of two sources meet where they share a place', () => {
    const graph = WalkGraph.of([packed([[0, 1, 100]]), packed([[1, 2, 50]])]);

    const walks = graph.walksFrom(graph.snap(placeOf(0), 1)!, 1_000);

    expect(graph.nodeCount).toBe(3);
    expect(walks.metresTo(graph.snap(placeOf(2), 1)!)).toBeCloseTo(150, 3);
  });

  test('an empty area has nowhere to snap to', () => {
    expect(WalkGraph.of([packed([])]).snap(CORNER, 60)).toBeNull();
  });
});

describe('a place off the network', () => {
  const graph = WalkGraph.of([packed([[0, 1, 180], [1, 2, 240], [2, 3, 300]])]);

  test('is joined by the nearest point of any edge, as near as the ellipsoid says', () => {
    fc.assert(fc.property(fc.double({ min: -0.0005, max: 0.0035, noNaN: true }), fc.double({ min: -0.0005, max: 0.0045, noNaN: true }), (east, north) => {
      const place = { longitude: CORNER.longitude + east, latitude: CORNER.latitude + north };
      const nearest = Math.min(...[[0, 1], [1, 2], [2, 3]].flatMap(([from, to]) => Array.from({ length: 201 }, (_, i) => coordinates.geodesicMetres(place, between(from!, to!, i / 200)))));

      const snap = graph.snap(place, 60);

      // The samples stand up to 2.6 m apart: the nearest point of all is no farther from one of them than half of that.
      const isRight = nearest < 59.9 ? snap !== null && Math.abs(snap.offMetres - nearest) < 1.3 : nearest < 61.4 || snap === null;
      expect(isRight).toBe(true);
    }));
  });

  function between(from: number, to: number, fraction: number): Coordinate {
    const [a, b] = [placeOf(from), placeOf(to)];
    return { longitude: a.longitude + (b.longitude - a.longitude) * fraction, latitude: a.latitude + (b.latitude - a.latitude) * fraction };
  }
});

test('the heap gives back what was put in, least first', () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 50 })), numbers => {
    const heap = new NearestHeap();
    numbers.forEach((metres, node) => heap.push(node, metres));

    const taken = numbers.map(() => [heap.leastMetres, numbers[heap.pop()]] as const);

    expect(taken.map(([least]) => least)).toEqual([...numbers].sort((a, b) => a - b));
    expect(taken.every(([least, own]) => least === own)).toBe(true);
    expect(heap.leastMetres).toBe(Number.POSITIVE_INFINITY);
  }));
});

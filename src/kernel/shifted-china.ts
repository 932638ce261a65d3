type Corner = readonly [longitude: number, latitude: number];

/**
 * Where Chinese maps shift coordinates: mainland China with its coastal waters, as a coarse outline. On land borders it is
 * true to some 30 km, at sea it runs well outside every island it includes. The library's own test is a box that
 * reaches from Tehran's longitude to Tokyo's, and would shift Singapore, Taipei and Seoul by hundreds of metres.
 */
const OUTLINE: readonly Corner[] = [
  [108.05, 21.45], [107.3, 21.75], [106.7, 22.0], [106.6, 22.9], [105.35, 23.3], [104.8, 22.85], [103.97, 22.5], [102.5, 22.75], [101.7, 22.45], [101.7, 21.15],
  [101.1, 21.6], [100.2, 21.45], [99.2, 22.1], [99.5, 22.95], [98.85, 23.3], [98.7, 24.1], [97.6, 23.85], [97.55, 24.6], [98.2, 25.5], [98.7, 26.1],
  [98.6, 27.5], [97.4, 28.25], [95.5, 29.05], [94.0, 28.95], [92.5, 27.85], [91.6, 27.8], [90.5, 28.2], [89.6, 28.2], [88.95, 27.3], [88.8, 28.05],
  [87.5, 27.85], [86.9, 27.98], [85.9, 27.95], [85.2, 28.35], [84.2, 28.9], [83.3, 29.5], [81.9, 30.35], [81.0, 30.2], [79.0, 31.1], [78.7, 31.6],
  [78.9, 32.5], [79.2, 33.2], [78.8, 34.4], [78.0, 35.45], [76.0, 35.9], [75.0, 37.0], [74.4, 37.2], [74.9, 38.5], [73.5, 39.4], [73.9, 40.1],
  [75.6, 40.6], [76.8, 41.05], [78.3, 41.4], [80.2, 42.1], [80.3, 43.1], [80.8, 43.2], [80.4, 44.9], [82.5, 45.2], [82.3, 45.6], [83.0, 47.2],
  [85.5, 47.1], [85.7, 48.4], [87.0, 49.15], [88.0, 49.1], [90.0, 48.0], [91.0, 46.5], [91.0, 45.2], [93.5, 44.95], [95.4, 44.2], [96.4, 42.75],
  [99.5, 42.6], [101.8, 42.5], [105.0, 41.6], [107.5, 42.4], [110.0, 42.65], [111.9, 43.7], [111.8, 45.05], [113.7, 44.8], [116.2, 46.3], [117.4, 46.6],
  [119.7, 46.7], [118.5, 47.9], [115.6, 47.9], [116.0, 48.8], [116.7, 49.85], [117.8, 49.6], [119.3, 50.4], [120.1, 52.6], [120.9, 53.3], [123.6, 53.55],
  [125.6, 53.05], [127.5, 50.27], [127.8, 49.65], [129.5, 49.4], [130.9, 48.9], [131.0, 47.75], [132.6, 47.8], [133.1, 48.15], [134.3, 48.43], [134.75, 48.35], [133.9, 46.3], [133.1, 45.1],
  [131.9, 45.3], [131.0, 44.85], [131.25, 43.5], [130.6, 42.4], [130.0, 42.95], [129.3, 42.35], [128.1, 42.0], [128.2, 41.45], [126.9, 41.75], [126.0, 40.9],
  [124.4, 40.07], [124.1, 39.5], [123.3, 38.5], [123.0, 36.5], [122.6, 33.0], [123.3, 31.0], [123.2, 29.5], [121.9, 27.2], [120.7, 26.3], [120.2, 25.6],
  [119.9, 25.1], [119.5, 24.5], [118.9, 23.8], [117.5, 22.8], [116.0, 22.2], [114.5, 21.8], [112.0, 21.2], [111.4, 19.5], [110.6, 18.1], [109.3, 17.9],
  [108.3, 18.6], [108.2, 20.0],
];

interface Box {
  readonly west: number;
  readonly east: number;
  readonly south: number;
  readonly north: number;
}

// Each has map data without the shift. Shishi's coast (118.7 E) and Dadeng (24.55 N) stay inside the outline. Shenzhen's
// urban edge lies north of Hong Kong's stepped northern bound; Hengqin and Zhuhai west and north of Macao's.
const UNSHIFTED: readonly Box[] = [
  { west: 119.9, east: 122.1, south: 21.8, north: 25.4 }, // Taiwan
  { west: 119.2, east: 119.8, south: 23.1, north: 23.9 }, // Penghu
  { west: 118.2, east: 118.5, south: 24.37, north: 24.53 }, // Kinmen
  { west: 119.89, east: 120.06, south: 26.12, north: 26.25 }, // Matsu
  { west: 113.83, east: 114.02, south: 22.15, north: 22.46 }, // Hong Kong, west
  { west: 114.02, east: 114.41, south: 22.15, north: 22.5 }, // Hong Kong, urban area and New Territories
  { west: 114.1, east: 114.24, south: 22.5, north: 22.53 }, // Hong Kong, north of Fanling
  { west: 113.529, east: 113.6, south: 22.11, north: 22.214 }, // Macao
];

/** Sansha's islands, far off the outline. */
const SANSHA: Box = { west: 111, east: 113, south: 15.7, north: 17.2 };

function isInside({ west, east, south, north }: Box, longitude: number, latitude: number): boolean {
  return longitude >= west && longitude < east && latitude >= south && latitude < north;
}

/** Whether Chinese maps shift this place: on the mainland's side of the coarse outline, and in none of the unshifted regions. */
export function isInShiftedChina({ longitude, latitude }: { readonly longitude: number; readonly latitude: number }): boolean {
  if (!(longitude > 73 && longitude < 135 && latitude > 15 && latitude < 54)) return false;
  if (isInside(SANSHA, longitude, latitude)) return true;
  if (UNSHIFTED.some(box => isInside(box, longitude, latitude))) return false;
  let inside = false;
  for (let i = 0, j = OUTLINE.length - 1; i < OUTLINE.length; j = i, i += 1) {
    const [x, y] = OUTLINE[i]!;
    const [px, py] = OUTLINE[j]!;
    // A ray to the east crosses an edge whose ends lie on both sides of the parallel.
    if (y > latitude !== py > latitude && longitude < ((px - x) * (latitude - y)) / (py - y) + x) inside = !inside;
  }
  return inside;
}

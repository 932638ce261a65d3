/** @import { Api } from './api.js' */

/**
 * @typedef {{ id: string, name: string, coordinate: { longitude: number, latitude: number } }} ListedFacility
 * @typedef {{ id: string, code: string, name: string, kind: string }} ListedJurisdiction
 */

const FACILITIES = `query ($where: FacilityWhere, $after: String) {
  facilities(where: $where, orderBy: NAME, first: 100, after: $after) {
    pageInfo { hasNextPage endCursor }
    edges { node { id name coordinate(crs: WGS84) { longitude latitude } } }
  }
}`;

const AREAS = `query ($after: String) {
  jurisdictions(where: { kinds: [CITY, DISTRICT, COUNTY, DEVELOPMENT_ZONE] }, first: 100, after: $after) {
    pageInfo { hasNextPage endCursor }
    edges { node { id code name kind } }
  }
}`;

/**
 * Names and places of the facilities of a filter, page by page as they come.
 * @param {Api} api
 * @param {Record<string, unknown> | null} where
 * @returns {AsyncGenerator<readonly ListedFacility[]>}
 */
export async function* listFacilities(api, where) {
  for await (const page of pages(api, FACILITIES, { where }, 'facilities')) yield /** @type {ListedFacility[]} */ (page);
}

/**
 * The cities, districts and counties to choose from.
 * @param {Api} api
 * @returns {Promise<readonly ListedJurisdiction[]>}
 */
export async function listAreas(api) {
  const listed = [];
  for await (const page of pages(api, AREAS, {}, 'jurisdictions')) listed.push(.../** @type {ListedJurisdiction[]} */ (page));
  return listed;
}

/**
 * The division of a national code; null where there is none.
 * @param {Api} api
 * @param {string} code
 * @returns {Promise<ListedJurisdiction | null>}
 */
export async function findArea(api, code) {
  return (await api.ask('query ($code: String!) { jurisdiction(code: $code) { id code name kind } }', { code })).jurisdiction;
}

/**
 * @param {Api} api
 * @param {string} query
 * @param {Record<string, unknown>} variables
 * @param {string} field
 */
async function* pages(api, query, variables, field) {
  for (let after = null; ;) {
    /** @type {{ edges: Array<{ node: unknown }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } }} */
    const { edges, pageInfo } = (await api.ask(query, { ...variables, after }))[field];
    yield edges.map(edge => edge.node);
    if (!pageInfo.hasNextPage) return;
    after = pageInfo.endCursor;
  }
}

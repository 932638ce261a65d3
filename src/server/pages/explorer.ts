import { existsSync, readFileSync } from 'node:fs';
import { projectFile } from '../project-file.js';

const HTML = 'text/html; charset=utf-8';
const SCRIPT = 'text/javascript; charset=utf-8';

/** Ready-made files of the packages, served as they are: no bundler runs, and the page asks no other host for anything. */
const FILES: Readonly<Record<string, { readonly type: string; readonly file: readonly string[] }>> = {
  '/explorer/react.js': { type: SCRIPT, file: ['node_modules', 'react', 'umd', 'react.production.min.js'] },
  '/explorer/react-dom.js': { type: SCRIPT, file: ['node_modules', 'react-dom', 'umd', 'react-dom.production.min.js'] },
  '/explorer/graphiql.js': { type: SCRIPT, file: ['node_modules', 'graphiql', 'graphiql.min.js'] },
  '/explorer/graphiql.css': { type: 'text/css; charset=utf-8', file: ['node_modules', 'graphiql', 'graphiql.min.css'] },
  // The product's own mark, which the wall wears too.
  '/explorer/icon.svg': { type: 'image/svg+xml', file: ['src', 'console', 'wall', 'icon.svg'] },
};

/** Every path that the explorer answers. */
export const EXPLORER_PATHS: readonly string[] = ['/explorer', '/explorer/start.js', ...Object.keys(FILES)];

const PAGE = `<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>潮位 Chaowei · GraphiQL</title>
<link rel="icon" href="/explorer/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/explorer/graphiql.css">
<style>html, body, #explorer { height: 100%; margin: 0 }
@media (max-width: 50rem) {
  #graphiql-session { flex-direction: column }
  #graphiql-session > div { flex: 1 1 50% !important; min-height: 0 }
  #graphiql-session > .graphiql-horizontal-drag-bar { display: none }
}</style>
</head>
<body>
<div id="explorer">载入中… Loading…</div>
<script src="/explorer/react.js"></script>
<script src="/explorer/react-dom.js"></script>
<script src="/explorer/graphiql.js"></script>
<script src="/explorer/start.js"></script>
</body>
</html>
`;

const START = `'use strict';
const query = [
  '# 在此书写查询；文档见 /docs。',
  '# Write a query here; see /docs.',
  '# 密钥置于下方 Headers：A key goes into Headers:',
  '# {"authorization": "Bearer chw_live_…"}',
  '{',
  '  nearbyFacilities(',
  '    near: {',
  '      coordinate: {',
  '        longitude: 118.5853',
  '        latitude: 24.9108',
  '        crs: WGS84',
  '      }',
  '    }',
  '    first: 5',
  '  ) {',
  '    edges {',
  '      distanceMetres',
  '      node { id name category }',
  '      availability { state free }',
  '      windows { name startsAt endsAt }',
  '    }',
  '  }',
  '}',
  '',
].join('\\n');
const subscriptionUrl = location.origin.replace(/^http/, 'ws') + '/graphql';
const fetcher = GraphiQL.createFetcher({ url: '/graphql', subscriptionUrl });
ReactDOM.createRoot(document.getElementById('explorer')).render(
  React.createElement(GraphiQL, { fetcher, defaultQuery: query, isHeadersEditorEnabled: true, shouldPersistHeaders: false }),
);
`;

const loaded = new Map<string, { readonly type: string; readonly body: string | Buffer }>();

/** A file of the explorer by its path, or null where there is none (the packages are left out of a production image). */
export function explorerFile(path: string): { readonly type: string; readonly body: string | Buffer } | null {
  if (path === '/explorer') return { type: HTML, body: PAGE };
  if (path === '/explorer/start.js') return { type: SCRIPT, body: START };
  const known = loaded.get(path);
  if (known) return known;
  const wanted = FILES[path];
  if (!wanted) return null;
  const file = projectFile(...wanted.file);
  if (!existsSync(file)) return null;
  const made = { type: wanted.type, body: readFileSync(file) };
  loaded.set(path, made);
  return made;
}

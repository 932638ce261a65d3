import { refuseOldNode } from './node-version.js';

refuseOldNode();
// Loaded after the check: an older Node would fail inside, in words that help nobody.
const { keepCompiled } = await import('./compile-cache.js');
keepCompiled();
const { serve } = await import('./server/serve.js');
await serve();

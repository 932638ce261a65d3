import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

/** What the engine made of our modules and the libraries' is kept beside them: later starts take it from there. Where nothing can be written, they do not. */
export function keepCompiled(): void {
  enableCompileCache(fileURLToPath(new URL('../.compile-cache', import.meta.url)));
}

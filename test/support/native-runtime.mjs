import { existsSync } from 'node:fs';
import { createRequire, registerHooks } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import Runtime from 'jest-runtime';

const require = createRequire(import.meta.url);
const PROJECT = new URL('../../', import.meta.url).href;
const COMPILED = `${PROJECT}dist/`;
const TESTS = `${PROJECT}test/`;
const GLOBALS = `${TESTS}support/suite-globals.mjs`;

let suites = 0;
let runtime = null;

/**
 * Loads a suite as Node loads any module, in the worker's own realm: the product, as compiled, and its libraries are
 * loaded once for all suites of a worker, where Jest's own runtime loads them anew for each. What stands under `test/`
 * is still each suite's own: the addresses of its modules carry the suite's number.
 */
class NativeRuntime extends Runtime {
  #transformer;
  #number = (suites += 1);

  constructor(...given) {
    super(...given);
    this.#transformer = given[3];
    runtime = this;
  }

  unstable_shouldLoadAsEsm() {
    return true;
  }

  async unstable_importModule(path) {
    globalThis[Symbol.for('suite-globals')] = this.jestGlobals.cjsGlobals(path);
    await import(`${pathToFileURL(path)}?suite=${this.#number}`);
  }

  /** The framework keeps the tests of a suite beside its code: each suite has a fresh one. */
  requireInternalModule(path) {
    delete require.cache[path];
    return require(path);
  }

  /** The process is the real one, whose function stays. */
  installGetBuiltinModule() {}

  /** A suite's TypeScript, as Jest transforms and caches it; Jest is told where its map lies, for the traces of errors. */
  compile(url) {
    const { code, sourceMapPath } = this.#transformer.transform(fileURLToPath(url), { supportsDynamicImport: true, supportsExportNamespaceFrom: true, supportsStaticESM: true, supportsTopLevelAwait: true });
    if (sourceMapPath) this.getSourceMaps().set(url, sourceMapPath);
    return code;
  }
}

registerHooks({
  resolve(specifier, context, next) {
    const suite = context.parentURL?.startsWith(TESTS) ? new URL(context.parentURL).search : '';
    if (suite === '') return next(specifier, context);
    if (specifier === '@jest/globals') return { url: GLOBALS + suite, shortCircuit: true };
    if (!specifier.startsWith('.')) return next(specifier, context);
    const { href } = new URL(specifier, context.parentURL);
    if (href.startsWith(TESTS)) return { url: href.replace(/\.js$/, '.ts') + suite, shortCircuit: true };
    // The console is written as the browser loads it.
    return next(existsSync(new URL(href)) ? href : href.replace(PROJECT, COMPILED), context);
  },

  load(url, context, next) {
    if (!url.startsWith(TESTS) || !url.includes('.ts?')) return next(url, context);
    return { format: 'module', source: runtime.compile(url), shortCircuit: true };
  },
});

// Jest requires its runtime, and takes what a CommonJS module would export.
export { NativeRuntime as 'module.exports' };

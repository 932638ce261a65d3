import type { LoaderToken, RequestScope } from '../platform/index.js';

/** Reads one object after a mutation, past the request's loader, which may remember it as it was before. */
export async function fresh<Value>(scope: RequestScope, loader: LoaderToken<string, Value>, id: string): Promise<Value> {
  const [value] = await loader.batch(scope, [id]);
  if (value instanceof Error) throw value;
  return value as Value;
}

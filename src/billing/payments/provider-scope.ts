import { systemViewer } from '../../identity/index.js';
import { RequestScope, type Services } from '../../platform/index.js';
import type { ProviderName } from './provider.js';

/** In whose name a provider's word is written: the audit says which provider's it was. */
export function providerScope(services: Services, provider: ProviderName, traceId: string): RequestScope {
  return new RequestScope(services, { ...systemViewer, actorId: `provider:${provider}` }, 'zh', traceId);
}

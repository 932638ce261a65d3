import { may } from '../identity/index.js';
import type { Viewer } from '../platform/index.js';
import type { WindowStatus } from './rules/window.js';

/** Whose a window's facility is, and where it lies. */
export interface WindowSubject {
  readonly partyIds: readonly string[];
  readonly jurisdictionCodes: readonly string[];
}

/** What is published is for everybody (0-6); drafts, pauses and withdrawals are for whoever may publish there. */
export function maySeeWindow(viewer: Viewer, window: { readonly status: WindowStatus }, subject: WindowSubject | undefined): boolean {
  if (window.status === 'PUBLISHED') return true;
  return subject !== undefined && may(viewer, 'window:publish', { partyId: subject.partyIds, jurisdictionCode: subject.jurisdictionCodes });
}

/** How a caller came in. SYSTEM is the platform itself: jobs, the command, the demo. */
export type CallerKind = 'ANONYMOUS' | 'API_KEY' | 'TOKEN' | 'SYSTEM';

/** The class whose limits apply (trust.md, Limits). */
export type LimitClass = 'ANONYMOUS' | 'KEY' | 'OPERATOR' | 'AUTHORITY' | 'BENCH';

/** One right: what may be done, for which party (null: any) and within which jurisdiction code prefix (null: any). */
export interface Grant {
  readonly action: string;
  readonly partyId: string | null;
  readonly jurisdictionCode: string | null;
}

/** Who is asking. `identity` makes it; every room below the server only reads it. */
export interface Viewer {
  readonly kind: CallerKind;
  /** Stable id of the credential's owner, used for idempotency and audit; 'anonymous' for nobody. */
  readonly actorId: string;
  readonly partyIds: readonly string[];
  readonly grants: readonly Grant[];
  readonly limitClass: LimitClass;
  /** When the right to ask ends, epoch ms; null where it has no end. */
  readonly expiresAt: number | null;
  /** The API key's id, null for any other caller. */
  readonly keyId: string | null;
}

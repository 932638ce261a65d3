import type { MigrationObject } from '@mikro-orm/core';
import { platform } from './20261122000100-platform.js';

/** Every migration in its order; a migration that has run anywhere is never edited. */
export const migrations: readonly MigrationObject[] = [platform];

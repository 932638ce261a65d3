import { defineEntity, p } from '@mikro-orm/core';
import type { JurisdictionKind } from './rules/words.js';

const JurisdictionSchema = defineEntity({
  name: 'Jurisdiction',
  tableName: 'jurisdiction',
  properties: {
    id: p.string().primary(),
    city: p.string(),
    code: p.string(),
    kind: p.string().$type<JurisdictionKind>(),
    name: p.string(),
    parentId: p.string().nullable(),
    path: p.array(),
    isReportingUnit: p.boolean(),
    responsibleBody: p.string().nullable(),
    boundaryWasRepaired: p.boolean(),
    sourceName: p.string().name('source'),
    sourceCode: p.string(),
    observedOn: p.date(),
    recordedAt: p.datetime(),
    version: p.integer(),
    validFrom: p.datetime(),
  },
});

/** A city, district, county, sub-district, township or development zone. */
export class Jurisdiction extends JurisdictionSchema.class {
  get source() {
    return { source: this.sourceName, code: this.sourceCode, observedOn: this.observedOn, recordedAt: this.recordedAt };
  }
}
JurisdictionSchema.setClass(Jurisdiction);

export const jurisdictionEntity = JurisdictionSchema;

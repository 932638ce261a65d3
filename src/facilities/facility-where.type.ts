import { Directive, Field, Float, ID, InputType, registerEnumType } from 'type-graphql';
import { CoordinateInput } from './coordinate.type.js';
import { FacilityCategoryEnum, FacilityStatusEnum, ResourceKindEnum, SectorEnum } from './enums.type.js';
import type { FacilityStatus } from './rules/status.js';
import type { FacilityCategory, ResourceKind, Sector } from './rules/words.js';

@InputType({ description: '矩形区域，含西南两边、不含东北两边（G6）。A box, half-open: its west and south edges belong to it, its east and north do not.' })
export class BoxInput {
  @Field(() => CoordinateInput, { description: '西南角。South-west corner.' })
  southWest!: CoordinateInput;

  @Field(() => CoordinateInput, { description: '东北角。North-east corner.' })
  northEast!: CoordinateInput;
}

@InputType({ description: '圆形区域。A circle on the ellipsoid.' })
export class CircleInput {
  @Field(() => CoordinateInput, { description: '圆心。Centre.' })
  centre!: CoordinateInput;

  @Field(() => Float, { description: '半径，米，大于 0、至多 50000（G4）。Radius in metres, above 0 and at most 50,000.' })
  radiusMetres!: number;
}

@Directive('@oneOf')
@InputType({ description: '区域：矩形或圆形，二选一。An area: a box or a circle.' })
export class AreaInput {
  @Field(() => BoxInput, { nullable: true, description: '矩形。A box.' })
  box?: BoxInput | null;

  @Field(() => CircleInput, { nullable: true, description: '圆形。A circle.' })
  circle?: CircleInput | null;
}

@InputType({ description: '设施筛选；所给条件须同时满足，为空不限，空列表不匹配任何设施。Filter of facilities; all that is given must hold, null does not filter, and an empty list matches none.' })
export class FacilityWhere {
  @Field(() => [ID], { nullable: true, description: '设施标识，至多 100 个。Ids, at most 100.' })
  ids?: string[] | null;

  @Field(() => [FacilityCategoryEnum], { nullable: true, description: '共享类别之一。One of these categories.' })
  categories?: FacilityCategory[] | null;

  @Field(() => [SectorEnum], { nullable: true, description: '行业之一。One of these sectors.' })
  sectors?: Sector[] | null;

  @Field(() => [ResourceKindEnum], { nullable: true, description: '资源种类之一（2.1-4）。One of these kinds.' })
  resourceKinds?: ResourceKind[] | null;

  @Field(() => ID, { nullable: true, description: '行政区及其下级。A jurisdiction and what lies below it.' })
  jurisdictionId?: string | null;

  @Field(() => ID, { nullable: true, description: '统计报告单位（G8）。A reporting unit.' })
  reportingUnitId?: string | null;

  @Field(() => AreaInput, { nullable: true, description: '区域。An area.' })
  within?: AreaInput | null;

  @Field(() => [FacilityStatusEnum], { nullable: true, description: '状态之一。One of these states.' })
  statuses?: FacilityStatus[] | null;

  @Field(() => Boolean, { nullable: true, description: '是否投保（3.3-3）；未知者两不匹配，为空不限。Whether insured; unknown matches neither true nor false, null does not filter.' })
  insured?: boolean | null;

  @Field(() => String, { nullable: true, description: '名称或地址中的文字，1–50 字。Text in the name or address, 1 to 50 characters.' })
  text?: string | null;
}

/** In which order a list of facilities comes. */
export enum FacilityOrder {
  ID = 'ID',
  NAME = 'NAME',
}

registerEnumType(FacilityOrder, {
  name: 'FacilityOrder',
  description: '设施列表的次序。Order of a list of facilities.',
  valuesConfig: {
    ID: { description: '按登记先后。As they were registered.' },
    NAME: { description: '按名称。By name.' },
  },
});

import { ArgsType, Field, Float, InputType, ObjectType } from 'type-graphql';
import { coordinates, type Crs } from '../kernel/index.js';
import { InstantScalar, LocalDateScalar } from '../platform/graphql/index.js';
import { CrsEnum } from './enums.type.js';

@ObjectType('Coordinate', { simpleResolvers: true, description: '坐标，注明坐标系（P5、G1）。A place, with the name of its coordinate system.' })
export class CoordinateType {
  @Field(() => Float, { description: '经度，度。Longitude in degrees.' })
  longitude!: number;

  @Field(() => Float, { description: '纬度，度。Latitude in degrees.' })
  latitude!: number;

  @Field(() => CrsEnum, { description: '坐标系。Coordinate system of the two numbers.' })
  crs!: Crs;
}

@InputType({ description: '坐标输入，必须注明坐标系（G1、G2）。A place; its coordinate system is mandatory.' })
export class CoordinateInput {
  @Field(() => Float, { description: '经度，度。Longitude in degrees.' })
  longitude!: number;

  @Field(() => Float, { description: '纬度，度。Latitude in degrees.' })
  latitude!: number;

  @Field(() => CrsEnum, { description: '坐标系，不可省略。Coordinate system; there is no default.' })
  crs!: Crs;
}

@ArgsType()
export class CrsArgs {
  @Field(() => CrsEnum, { defaultValue: 'WGS84', description: '返回坐标所用坐标系，默认 WGS84。Coordinate system to answer in, WGS84 by default.' })
  crs!: Crs;
}

/** A stored WGS-84 point as the caller wants it. */
export function coordinateIn(crs: Crs, point: { readonly longitude: number; readonly latitude: number }): CoordinateType {
  return { ...coordinates.fromWgs84({ longitude: point.longitude, latitude: point.latitude }, crs), crs };
}

@ObjectType('SourceReference', { simpleResolvers: true, description: '数据来源（3.1-2）：每个数字都说明出处与时间。Where a figure came from, and since when.' })
export class SourceReferenceType {
  @Field(() => String, { description: '来源名称。Name of the source.' })
  source!: string;

  @Field(() => String, { description: '在来源中的编号。Its code there.' })
  code!: string;

  @Field(() => LocalDateScalar, { description: '观测或调查日期。Day on which it was observed.' })
  observedOn!: string;

  @Field(() => InstantScalar, { description: '平台收录时刻。When the platform recorded it.' })
  recordedAt!: Date | number;
}

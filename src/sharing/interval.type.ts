import { Field, InputType, ObjectType } from 'type-graphql';
import { InstantScalar } from '../platform/graphql/index.js';

@InputType({ description: '时段，左闭右开。An interval, its start included and its end not.' })
export class IntervalInput {
  @Field(() => InstantScalar, { description: '开始。Start, included.' })
  startsAt!: number;

  @Field(() => InstantScalar, { description: '结束，晚于开始。End, excluded; after the start.' })
  endsAt!: number;
}

@ObjectType('Interval', { simpleResolvers: true, description: '时段，左闭右开。An interval, its start included and its end not.' })
export class IntervalType {
  @Field(() => InstantScalar, { description: '开始。Start, included.' })
  startsAt!: number;

  @Field(() => InstantScalar, { description: '结束。End, excluded.' })
  endsAt!: number;
}

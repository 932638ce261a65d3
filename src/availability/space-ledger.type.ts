import { Field, Int, ObjectType } from 'type-graphql';

@ObjectType({
  simpleResolvers: true,
  description: '泊位台账（2.2-6）：某一时刻某类泊位各在何处；total = protected + shared + walkIn + outOfService + held + booked − missing。Where the spaces of a class stand at an instant; the parts add up to the total exactly.',
})
export class SpaceLedger {
  @Field(() => Int, { description: '总泊位数。All spaces of the class.' })
  total!: number;

  @Field(() => Int, { description: '受保护的内部泊位：不用于共享。Kept for the facility\'s own use: never shared.' })
  protected!: number;

  @Field(() => Int, { description: '已出借且尚可承诺的泊位。Lent and not yet promised.' })
  shared!: number;

  @Field(() => Int, { description: '可共享但此刻未出借的泊位：仅供现场进入。Could be shared but is not lent then: for who drives up.' })
  walkIn!: number;

  @Field(() => Int, { description: '停用泊位（4.5-2）。Out of service.' })
  outOfService!: number;

  @Field(() => Int, { description: '限时保留中的泊位：到期自动释放。Held until an instant; free again by themselves after it.' })
  held!: number;

  @Field(() => Int, { description: '已预订或由协议占用的泊位。Promised to reservations, agreements and stays.' })
  booked!: number;

  @Field(() => Int, { description: '已承诺而实际不足的泊位数；正常为 0，撤销流程会处理。Promised and not there: 0 unless something was cut, until the revocation flow has dealt with it (P9).' })
  missing!: number;
}

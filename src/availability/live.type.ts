import { Field, ID, Int, ObjectType, createUnionType } from 'type-graphql';
import { InstantScalar, enumOf } from '../platform/graphql/index.js';
import { SpaceClassEnum } from '../facilities/index.js';
import type { SpaceClass } from '../sharing/index.js';
import { AvailabilitySource, AvailabilityState } from './availability.type.js';
import type { FreeBand } from './rules/disclosure.js';

const FreeBandEnum = enumOf('FreeBand', {
  NONE: '无空位。None.',
  FEW: '1 至 5 个。1 to 5.',
  SOME: '6 至 20 个。6 to 20.',
  MANY: '21 个及以上。21 and more.',
} satisfies Record<FreeBand, string>, '空位档次（P10）：代替精确数字。How many spaces are free, where the exact number is not for the public.');

const AvailabilityPrecisionEnum = enumOf('AvailabilityPrecision', {
  EXACT: '精确数字，实时。The number, at once.',
  BANDED: '机关大院对公众：只给档次，迟 15 分钟。A government compound to the public: a band, 15 minutes late.',
}, '实时数字的精度。How exactly a live figure is told.');

@ObjectType({ simpleResolvers: true, description: '某泊位类型的实时可用情况（3.6-5）：先看状态，再看数字。Live availability of one class of space: state first, a number only with OPEN or FULL.' })
export class LiveAvailability {
  @Field(() => SpaceClassEnum, { description: '泊位类型。Class of space.' })
  spaceClass!: SpaceClass;

  @Field(() => AvailabilityState, { description: '状态。State.' })
  state!: AvailabilityState;

  @Field(() => Int, { nullable: true, description: '现可用泊位数；状态非 OPEN 或 FULL 时、或仅给档次时为空。Free spaces now; null unless the state is OPEN or FULL, and where only a band is told.' })
  free!: number | null;

  @Field(() => FreeBandEnum, { nullable: true, description: '空位档次；给精确数字或无数字时为空。The band in place of the number; null where the number is told or there is none.' })
  freeBand!: FreeBand | null;

  @Field(() => Int, { nullable: true, description: '现出借泊位数；不出借时为空。Spaces lent now; null where nothing is lent.' })
  quota!: number | null;

  @Field(() => Int, { description: '该类型总泊位数。All spaces of the class, shared or not.' })
  capacity!: number;

  @Field(() => Int, { nullable: true, description: '全部泊位中已占用数；无新鲜的全量计数时、或仅给档次时为空。Occupied spaces of all of them; null where no count of all spaces is fresh, and where only a band is told.' })
  occupied!: number | null;

  @Field(() => InstantScalar, { nullable: true, description: '所依据计数的观测时刻；无计数时为空。When the count was taken; null where there is none.' })
  observedAt!: number | null;

  @Field(() => InstantScalar, { nullable: true, description: '平台收到计数的时刻；无计数时为空。When the platform received it; null where there is none.' })
  receivedAt!: number | null;

  @Field(() => InstantScalar, { nullable: true, description: '此刻起数字失效，自动转为 UNKNOWN；不会过期时为空。When the figure turns UNKNOWN by itself; null where it cannot grow stale.' })
  staleAfter!: number | null;

  @Field(() => AvailabilitySource, { description: '数字的来源。Where the figure comes from.' })
  source!: AvailabilitySource;

  @Field(() => String, { nullable: true, description: '没有数字的原因：STALE 计数过期，INCOMPLETE 部分分区无计数，BANDED 只给档次，NOT_YET_PUBLIC 未到公开时刻，OUTSIDE_HOURS 不在共享时段，NOTHING_LENT 未共享，SUSPENSION 紧急暂停，FACILITY_NOT_OPEN 设施未开放，FACILITY_SUSPENDED 设施停用；会增加；有数字时为空。Why there is no number, as a code: STALE too old, INCOMPLETE no count of some zone, BANDED a band alone, NOT_YET_PUBLIC told later, OUTSIDE_HOURS not at this hour, NOTHING_LENT not at all, SUSPENSION an emergency, FACILITY_NOT_OPEN or FACILITY_SUSPENDED the facility’s own state; more may come; null where there is a number.' })
  reason!: string | null;
}

@ObjectType({ simpleResolvers: true, description: '一处设施的全部实时可用情况。All live availability of one facility, at one version.' })
export class FacilityAvailability {
  @Field(() => ID, { description: '设施标识。The facility.' })
  facilityId!: string;

  @Field(() => String, { description: '版本，只增不减，逐一递增；只给档次者版本亦滞后。Version of the facility’s availability: grows by one with each change.' })
  version!: string;

  @Field(() => InstantScalar, { description: '该版本产生的时刻。When this version came about.' })
  changedAt!: number;

  @Field(() => AvailabilityPrecisionEnum, { description: '精度。How exactly the figures are told to this caller.' })
  precision!: keyof typeof AvailabilityPrecisionEnum;

  @Field(() => [LiveAvailability], { description: '按泊位类型。By class of space.' })
  classes!: LiveAvailability[];
}

const CURSOR = '游标：重连时作 since 传回，所缺变化即补发。Hand it back as `since` after a reconnect to get what was missed.';

@ObjectType({ simpleResolvers: true, description: '快照：订阅之初（或 ResyncRequired 之后）所筛设施的现状，可分多份。What stands at the beginning, or after a ResyncRequired; it may come in several parts.' })
export class AvailabilitySnapshot {
  @Field(() => String, { description: CURSOR })
  cursor!: string;

  @Field(() => Int, { description: '第几份，自 1 起。Number of the part, from 1.' })
  part!: number;

  @Field(() => Boolean, { description: '是否末份；末份收齐前未见的设施不可视为已离开。Whether the snapshot is complete with this part.' })
  isLast!: boolean;

  @Field(() => [FacilityAvailability], { description: '本份所含设施。The facilities of this part.' })
  facilities!: FacilityAvailability[];
}

@ObjectType({ simpleResolvers: true, description: '一处设施的新状态；携带其全部可用情况。A change: the whole availability of its facility.' })
export class AvailabilityChange {
  @Field(() => String, { description: CURSOR })
  cursor!: string;

  @Field(() => FacilityAvailability, { description: '该设施的全部可用情况。The whole availability of the facility.' })
  availability!: FacilityAvailability;

  @Field(() => Int, { description: '因读取过慢、断线或 minIntervalMs 而并入本次、未单独发送的版本数，通常为 0；断线续传后为上限。Versions of this facility merged into this one, because the reader was slow, away, or asked so; 0 as a rule, and after a resume at most so many.' })
  coalescedVersions!: number;
}

@ObjectType({ simpleResolvers: true, description: '设施离开了筛选范围，或不再对此调用方公开；续传时也可能是此前未见过的设施，忽略即可。The facility left the filter, or is no longer shown to this caller; after a resume it may be one that the reader never knew, to be ignored.' })
export class FacilityLeft {
  @Field(() => String, { description: CURSOR })
  cursor!: string;

  @Field(() => ID, { description: '设施标识。The facility.' })
  facilityId!: string;
}

@ObjectType({ simpleResolvers: true, description: '无法从所给游标续传；随后是新的快照，此前所知应弃去。What was missed cannot be told; a fresh snapshot follows, forget what you knew.' })
export class ResyncRequired {
  @Field(() => String, { description: CURSOR })
  cursor!: string;

  @Field(() => String, { description: '原因：TOO_OLD 游标过旧，TOO_MANY_CHANGES 所缺过多，UNKNOWN_CURSOR 游标不属于此日志。Why, as a code.' })
  reason!: string;
}

export const AvailabilityEvent = createUnionType({
  name: 'AvailabilityEvent',
  description: '实时可用情况的事件：先快照，后变化，有序无缺（P8）。An event of a live stream: a snapshot, then changes, in order and without a silent gap.',
  types: () => [AvailabilitySnapshot, AvailabilityChange, FacilityLeft, ResyncRequired] as const,
  resolveType: event => (event as unknown as { readonly __typename: string }).__typename,
});

@ObjectType({ simpleResolvers: true, description: '自某游标起的变化，供批量同步。Changes from a cursor on, for whoever keeps a copy.' })
export class AvailabilityChanges {
  @Field(() => [AvailabilityEvent], { description: '变化，按日志次序；每个版本各一条，不合并。Changes in the order of the log; each version by itself.' })
  events!: Array<typeof AvailabilityEvent>;

  @Field(() => String, { description: '下次作 cursor 传入。Hand it in next time.' })
  cursor!: string;

  @Field(() => Boolean, { description: '是否还有未取的变化。Whether there is more already.' })
  hasMore!: boolean;
}

@ObjectType({ simpleResolvers: true, description: '行政区实时合计（2.4-1）。What a jurisdiction’s facilities add up to now.' })
export class DistrictTotals {
  @Field(() => ID, { description: '行政区标识。The jurisdiction.' })
  jurisdictionId!: string;

  @Field(() => InstantScalar, { description: '合计的时刻。When it was added up.' })
  at!: number;

  @Field(() => Int, { description: '设施数。Facilities.' })
  facilities!: number;

  @Field(() => Int, { description: '有空位的设施数。Facilities with free spaces.' })
  open!: number;

  @Field(() => Int, { description: '已满的设施数。Facilities that are full.' })
  full!: number;

  @Field(() => Int, { description: '未出借的设施数。Facilities that lend nothing now.' })
  closed!: number;

  @Field(() => Int, { description: '暂停的设施数。Facilities that are suspended.' })
  suspended!: number;

  @Field(() => Int, { description: '数据缺失或过期的设施数。Facilities whose figures are missing or too old.' })
  unknown!: number;

  @Field(() => Int, { description: '可用泊位合计，不含 withheldFacilities。Free spaces, without those of `withheldFacilities`.' })
  free!: number;

  @Field(() => Int, { description: '出借泊位合计。Spaces lent.' })
  quota!: number;

  @Field(() => Int, { description: '总泊位数合计。All spaces.' })
  capacity!: number;

  @Field(() => Int, { description: '只给档次、未计入 free 的设施数（P10）。Facilities whose numbers are banded for this caller and not in `free`.' })
  withheldFacilities!: number;
}

import { Arg, Ctx, Extensions, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import { Allow } from '../identity/index.js';
import type { RequestScope } from '../platform/index.js';
import { recordVehicleEvents, reportOccupancy, reportSpaceStates } from './report-occupancy.js';
import { payloadOf, receiptsOf } from './report-receipts.js';
import {
  RecordVehicleEventsInput, RecordVehicleEventsPayload, ReportOccupancyInput, ReportOccupancyPayload, ReportReceipt, ReportSpaceStatesInput, ReportSpaceStatesPayload, ReportVerdictEnum,
} from './report.type.js';
import type { ReportVerdict } from './rules/report-verdict.js';

const RECEIPTS = '逐条回执，按输入次序；verdicts 为空取全部。One receipt a report, in the order of the input; all of them where verdicts is null.';
const VERDICTS = '只取这些结果；为空取全部。Only of these verdicts; null for all.';

@Resolver(() => ReportOccupancyPayload)
export class ReportOccupancyResolver {
  @Allow('occupancy:report')
  @Mutation(() => ReportOccupancyPayload, { description: '上报占用（2.2-5、P3）：绝对计数，逐条处理，互不牵连。Reports counts; what becomes of each is told, and one bad report never sinks the others.' })
  @Extensions({ itemsOf: 'reports' })
  async reportOccupancy(@Arg('input', () => ReportOccupancyInput, { description: '上报。The reports.' }) input: ReportOccupancyInput, @Ctx() scope: RequestScope): Promise<ReportOccupancyPayload> {
    const { reports: told, ...rest } = input;
    return payloadOf(new ReportOccupancyPayload(), told, await reportOccupancy(scope, { ...rest, told }));
  }

  @FieldResolver(() => [ReportReceipt], { description: RECEIPTS })
  receipts(@Root() payload: ReportOccupancyPayload, @Arg('verdicts', () => [ReportVerdictEnum], { nullable: true, description: VERDICTS }) verdicts: ReportVerdict[] | null, @Ctx() scope: RequestScope): ReportReceipt[] {
    return receiptsOf(scope, payload, verdicts ?? null);
  }
}

@Resolver(() => RecordVehicleEventsPayload)
export class RecordVehicleEventsResolver {
  @Allow('occupancy:report')
  @Mutation(() => RecordVehicleEventsPayload, { description: '上报车辆进出（C3）：在两次绝对计数之间增减。Reports vehicles, which move the count between two absolute ones.' })
  @Extensions({ itemsOf: 'events' })
  async recordVehicleEvents(@Arg('input', () => RecordVehicleEventsInput, { description: '事件。The events.' }) input: RecordVehicleEventsInput, @Ctx() scope: RequestScope): Promise<RecordVehicleEventsPayload> {
    const { events: told, ...rest } = input;
    return payloadOf(new RecordVehicleEventsPayload(), told, await recordVehicleEvents(scope, { ...rest, told }));
  }

  @FieldResolver(() => [ReportReceipt], { description: RECEIPTS })
  receipts(@Root() payload: RecordVehicleEventsPayload, @Arg('verdicts', () => [ReportVerdictEnum], { nullable: true, description: VERDICTS }) verdicts: ReportVerdict[] | null, @Ctx() scope: RequestScope): ReportReceipt[] {
    return receiptsOf(scope, payload, verdicts ?? null);
  }
}

@Resolver(() => ReportSpaceStatesPayload)
export class ReportSpaceStatesResolver {
  @Allow('occupancy:report')
  @Mutation(() => ReportSpaceStatesPayload, { description: '上报编号泊位状态；一个分区的全部泊位都有状态时得出其占用数。Reports the states of numbered spaces; a zone whose spaces all have one gets a count.' })
  @Extensions({ itemsOf: 'states' })
  async reportSpaceStates(@Arg('input', () => ReportSpaceStatesInput, { description: '状态。The states.' }) input: ReportSpaceStatesInput, @Ctx() scope: RequestScope): Promise<ReportSpaceStatesPayload> {
    const { states: told, ...rest } = input;
    return payloadOf(new ReportSpaceStatesPayload(), told, await reportSpaceStates(scope, { ...rest, told }));
  }

  @FieldResolver(() => [ReportReceipt], { description: RECEIPTS })
  receipts(@Root() payload: ReportSpaceStatesPayload, @Arg('verdicts', () => [ReportVerdictEnum], { nullable: true, description: VERDICTS }) verdicts: ReportVerdict[] | null, @Ctx() scope: RequestScope): ReportReceipt[] {
    return receiptsOf(scope, payload, verdicts ?? null);
  }
}

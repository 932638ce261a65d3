import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { isRefusal } from '../kernel/index.js';
import { RequestScope } from '../platform/index.js';
import { userErrorsOf } from '../platform/graphql/index.js';
import { Allow } from './allow.js';
import { DriverHasOpenMatters, EraseDriverInput, EraseDriverPayload, SignOffDriverInput, SignUpDriverInput, SignUpDriverPayload } from './driver.type.js';
import { eraseDriver } from './erase-driver.js';
import { membershipLoader, partyLoader } from './identity.loaders.js';
import { MembershipPayload } from './membership.type.js';
import { seeingParty } from './party.policy.js';
import { fresh } from './read-fresh.js';
import { signOffDriver, signUpDriver } from './sign-up-driver.js';

@Resolver()
export class DriverResolver {
  @Allow('driver:sign-up')
  @Mutation(() => SignUpDriverPayload, { description: '经驾驶人同意为其注册（3.2-8、4.5-5）：合作应用此后可代其预约、付费，直至任一方终止；终止后由同一应用再次注册的，仍是同一主体。Signs a driver up, with consent; the partner app may then book and pay for it, until either ends that; the same app signing it up again finds the same party.' })
  async signUpDriver(@Arg('input', () => SignUpDriverInput, { description: '驾驶人。The driver.' }) input: SignUpDriverInput, @Ctx() scope: RequestScope): Promise<SignUpDriverPayload> {
    const outcome = await signUpDriver(scope, input);
    if (isRefusal(outcome)) return { party: null, membership: null, userErrors: userErrorsOf(outcome, scope) };
    const { partyId, membershipId } = outcome.value;
    const seeing = new RequestScope(scope.services, seeingParty(scope.viewer, partyId), scope.language, scope.traceId);
    return { party: await fresh(seeing, partyLoader, partyId), membership: membershipId === null ? null : await fresh(seeing, membershipLoader, membershipId), userErrors: [] };
  }

  @Allow('driver:leave')
  @Mutation(() => MembershipPayload, { description: '终止应用为驾驶人代办，驾驶人与应用均可；立即生效，消息总线中断时各服务器至迟 5 秒（G14）；已有预约与欠费仍属驾驶人。Ends an app’s acting for a driver, by either, at once, and within 5 seconds on a server that the message bus does not reach; what is booked or owed stays the driver’s.' })
  async signOffDriver(@Arg('input', () => SignOffDriverInput, { description: '哪一代办关系。Which one.' }) input: SignOffDriverInput, @Ctx() scope: RequestScope): Promise<MembershipPayload> {
    const outcome = await signOffDriver(scope, input);
    if (isRefusal(outcome)) return { membership: null, userErrors: userErrorsOf(outcome, scope) };
    return { membership: await fresh(scope, membershipLoader, outcome.value.membershipId), userErrors: [] };
  }

  @Allow('driver:erase')
  @Mutation(() => EraseDriverPayload, { description: '应本人请求删除其个人信息（个人信息保护法第四十七条）。销毁：姓名、电话、通知、报价、发票抬头，预约及其停放、出入与放行记录的号牌，以及以其名义登记放行期间无预约的停放、出入与判定记录的号牌；终止其密钥与代办。不动：同一号牌的其余无预约停放——预约时填写号牌并不证明车辆是本人的，不因此抹去他人的停放；在场未出或未付清的停放，其与本人已无关联。只留标识：预约与停放的时间，费用、收款、退款与账簿，发票号码与金额，审计；会计凭证与账簿依《会计档案管理办法》保管三十年，发票存根依《发票管理办法》五年，平台不提前删除。有未结预约或未付费用时拒绝；再次请求无变化。Destroys, as a person asks: name, phone, notices, quotes and titles of invoices; the plates by its bookings with their stays, passages and decisions, and by stays, passages and decisions without a booking while the vehicle was admitted there as its own; and ends its keys and apps. Untouched: every other stay by the same plate without a booking, because naming a plate in a booking does not prove whose it is, and nobody’s stay is destroyed by that; and one whose vehicle is in or that is not paid for. Nothing links those to the person any more. Kept by the id alone: times of bookings and stays, charges, payments, refunds and the ledger, numbers and amounts of invoices, and the audit; vouchers and ledgers for 30 years and invoices for 5, as accounting law asks, and the platform deletes none earlier. Refused while something is open; a second time it changes nothing.' })
  async eraseDriver(@Arg('input', () => EraseDriverInput, { description: '谁，缘由。Who, and why.' }) input: EraseDriverInput, @Ctx() scope: RequestScope): Promise<EraseDriverPayload> {
    const outcome = await eraseDriver(scope, input);
    if (isRefusal(outcome)) return { party: null, userErrors: userErrorsOf(outcome, scope).map(error => ('subjectIds' in error ? Object.assign(new DriverHasOpenMatters(), error) : error)) };
    return { party: await fresh(scope, partyLoader, outcome.value.partyId), userErrors: [] };
  }
}

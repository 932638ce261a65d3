import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { isRefusal, problem, refuse, type Outcome, type Problem, type Refusal } from '../kernel/index.js';
import { lendingErrorOf } from '../facilities/index.js';
import { Allow } from '../identity/index.js';
import type { RequestScope } from '../platform/index.js';
import { userErrorOf, userErrorsOf } from '../platform/graphql/index.js';
import { addException, removeException } from './change-exceptions.js';
import { pauseWindow, resumeWindow, withdrawWindow } from './change-window-status.js';
import type { ChangedWindow } from './change-window.js';
import { AddExceptionInput, LiftSuspensionInput, PublishWindowInput, RecordProofInput, RecordProofPayload, RemoveExceptionInput, ReviseWindowInput, SuspendSharingInput, WindowStatusInput } from './mutation.type.js';
import { inputPath } from './input-path.js';
import { proofOfInput } from './proof-of-input.js';
import { publishWindow } from './publish-window.js';
import { recordProof } from './record-proof.js';
import { reviseWindow } from './revise-window.js';
import { liftSuspension, suspendSharing } from './suspend-sharing.js';
import { checkTermsInput } from './terms-input-check.js';
import { dayOf, exceptionOf, termsOfInput } from './terms-of-input.js';
import type { WindowTermsInput } from './terms.type.js';
import { fresh, SUSPENSION_BY_ID, WINDOW_BY_ID } from './window.loaders.js';
import { SuspensionPayload, WindowPayload } from './window.type.js';

/** What a problem can point at in each input. */
const MEMBERS = {
  publish: ['facilityId', 'zoneId', 'terms', 'exceptions'] satisfies Array<keyof PublishWindowInput>,
  revise: ['windowId', 'expectedVersion', 'terms', 'reason'] satisfies Array<keyof ReviseWindowInput>,
  status: ['windowId', 'expectedVersion', 'reason'] satisfies Array<keyof WindowStatusInput>,
  addException: ['windowId', 'expectedVersion', 'exception'] satisfies Array<keyof AddExceptionInput>,
  removeException: ['windowId', 'expectedVersion', 'exceptionId', 'reason'] satisfies Array<keyof RemoveExceptionInput>,
  proof: ['facilityId', 'proof', 'checkedBy', 'checkedOn'] satisfies Array<keyof RecordProofInput>,
};

@Resolver()
export class WindowMutationResolver {
  @Allow('window:publish')
  @Mutation(() => WindowPayload, { description: '发布共享时段（2.2-5）：按类别核对资格、证明与数量。Publishes a window: standing, proofs and quota are checked by the category’s rules.' })
  publishWindow(@Arg('input', () => PublishWindowInput, { description: '要发布的时段。The window.' }) input: PublishWindowInput, @Ctx() scope: RequestScope): Promise<WindowPayload> {
    const { facilityId, zoneId, idempotencyKey } = input;
    const draft = { facility: { id: facilityId }, zone: zoneId == null ? null : { id: zoneId }, terms: termsOfInput(input.terms, input.exceptions ?? []) };
    return told(scope, MEMBERS.publish, refusedTerms(input.terms) ?? publishWindow(scope, { draft, idempotencyKey }));
  }

  @Allow('window:publish')
  @Mutation(() => WindowPayload, { description: '变更共享时段的内容（2.6-4、I18）。Gives a window new terms.' })
  reviseWindow(@Arg('input', () => ReviseWindowInput, { description: '新的内容。The new terms.' }) input: ReviseWindowInput, @Ctx() scope: RequestScope): Promise<WindowPayload> {
    const { exceptions: _none, ...terms } = termsOfInput(input.terms, []);
    return told(scope, MEMBERS.revise, refusedTerms(input.terms) ?? reviseWindow(scope, { ...input, terms }));
  }

  @Allow('window:publish')
  @Mutation(() => WindowPayload, { description: '暂停共享时段，可恢复。Pauses a window until it is resumed.' })
  pauseWindow(@Arg('input', () => WindowStatusInput, { description: '哪一时段、为何。Which one, and why.' }) input: WindowStatusInput, @Ctx() scope: RequestScope): Promise<WindowPayload> {
    return told(scope, MEMBERS.status, pauseWindow(scope, input));
  }

  @Allow('window:publish')
  @Mutation(() => WindowPayload, { description: '恢复已暂停的时段，按发布重新核对。Resumes a paused window, judged as if it were published now.' })
  resumeWindow(@Arg('input', () => WindowStatusInput, { description: '哪一时段、为何。Which one, and why.' }) input: WindowStatusInput, @Ctx() scope: RequestScope): Promise<WindowPayload> {
    return told(scope, MEMBERS.status, resumeWindow(scope, input));
  }

  @Allow('window:publish')
  @Mutation(() => WindowPayload, { description: '撤回共享时段，各处随即不再展示（2.2-5）。Withdraws a window for good, everywhere at once.' })
  withdrawWindow(@Arg('input', () => WindowStatusInput, { description: '哪一时段、为何。Which one, and why.' }) input: WindowStatusInput, @Ctx() scope: RequestScope): Promise<WindowPayload> {
    return told(scope, MEMBERS.status, withdrawWindow(scope, input));
  }

  @Allow('window:publish')
  @Mutation(() => WindowPayload, { description: '增加例外安排，优先于已有的（P4）。Adds an exception, above those before it.' })
  addException(@Arg('input', () => AddExceptionInput, { description: '例外安排。The exception.' }) input: AddExceptionInput, @Ctx() scope: RequestScope): Promise<WindowPayload> {
    return told(scope, MEMBERS.addException, addException(scope, { ...input, exception: exceptionOf(input.exception, 'exception') }));
  }

  @Allow('window:publish')
  @Mutation(() => WindowPayload, { description: '取消例外安排。Takes an exception away.' })
  removeException(@Arg('input', () => RemoveExceptionInput, { description: '哪一例外。Which one.' }) input: RemoveExceptionInput, @Ctx() scope: RequestScope): Promise<WindowPayload> {
    return told(scope, MEMBERS.removeException, removeException(scope, input));
  }

  @Allow('window:suspend')
  @Mutation(() => SuspensionPayload, { description: '因应急情形暂停一个时段、一处设施或一个行政区的共享（4.5-7）。Suspends a window, a facility or a jurisdiction in an emergency.' })
  async suspendSharing(@Arg('input', () => SuspendSharingInput, { description: '范围、期间与原因。What, when and why.' }) input: SuspendSharingInput, @Ctx() scope: RequestScope): Promise<SuspensionPayload> {
    return toldSuspension(scope, await suspendSharing(scope, input));
  }

  @Allow('window:suspend')
  @Mutation(() => SuspensionPayload, { description: '解除紧急暂停（4.5-7）。Lifts a suspension.' })
  async liftSuspension(@Arg('input', () => LiftSuspensionInput, { description: '哪一暂停、为何。Which one, and why.' }) input: LiftSuspensionInput, @Ctx() scope: RequestScope): Promise<SuspensionPayload> {
    return toldSuspension(scope, await liftSuspension(scope, input));
  }

  @Allow('proof:record')
  @Mutation(() => RecordProofPayload, { description: '登记发布所需的核验结果（I15）。Records the result of a check that publishing asks for.' })
  async recordProof(@Arg('input', () => RecordProofInput, { description: '核验结果。The check.' }) input: RecordProofInput, @Ctx() scope: RequestScope): Promise<RecordProofPayload> {
    const proof = proofOfInput(input.proof);
    const outcome = await recordProof(scope, { ...input, proof, checkedOn: dayOf(input.checkedOn) });
    if (isRefusal(outcome)) return { proof: null, userErrors: outcome.problems.map(each => userErrorOf(asAsked(each, MEMBERS.proof), scope)) };
    return { proof: { id: outcome.value.proofId, kind: proof.kind, checkedBy: input.checkedBy.trim(), checkedOn: input.checkedOn }, userErrors: [] };
  }
}

function refusedTerms(terms: WindowTermsInput): Refusal | null {
  const problems = checkTermsInput(terms);
  return problems.length === 0 ? null : refuse(problems);
}

async function told(scope: RequestScope, members: readonly string[], changed: Refusal | Promise<Outcome<ChangedWindow>>): Promise<WindowPayload> {
  const outcome = await changed;
  if (isRefusal(outcome)) return { window: null, findings: [], userErrors: outcome.problems.map(each => lendingErrorOf(asAsked(each, members), scope)) };
  return { window: await fresh(scope, WINDOW_BY_ID, outcome.value.windowId), findings: outcome.value.findings.map(each => userErrorOf(asAsked(each, members), scope)), userErrors: [] };
}

/** A problem whose field is a path of the caller's input, or which names none. */
function asAsked({ field, ...rest }: Problem, members: readonly string[]): Problem {
  return problem(rest.code, { ...rest, field: field === undefined ? undefined : inputPath(field, members) });
}

async function toldSuspension(scope: RequestScope, outcome: Outcome<{ readonly suspensionId: string }>): Promise<SuspensionPayload> {
  if (isRefusal(outcome)) return { suspension: null, userErrors: userErrorsOf(outcome, scope) };
  return { suspension: await fresh(scope, SUSPENSION_BY_ID, outcome.value.suspensionId), userErrors: [] };
}

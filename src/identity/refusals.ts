import type { CodesOf, RefusalTable } from '../kernel/index.js';

/** What this room refuses with. A code that two rooms use stands in the lower one. */
export const IDENTITY_REFUSALS = {
  AGENT_IS_PERSON: { zh: '受托方须为专业化停车企业或其他组织，不能是个人', en: 'the agent must be an organisation, not a person', remedy: 'CORRECT_INPUT' },
  CONSENT_MISSING: { zh: '须写明驾驶人同意的隐私告知及其版本，1–… 字', en: 'name the privacy notice that the driver agreed to, with its version, in 1 to … characters', remedy: 'CORRECT_INPUT' },
  CONSENT_TOO_LONG: { zh: '所同意的隐私告知至多 … 字', en: 'the privacy notice that the driver agreed to has at most … characters', remedy: 'CORRECT_INPUT' },
  CREDIT_CODE_INVALID: { zh: '“…”不是统一社会信用代码：长度、字符或校验位不符', en: "'…' is no unified social credit code: its length, a character or its check digit is wrong", remedy: 'CORRECT_INPUT' },
  CREDIT_CODE_OF_PERSON: { zh: '个人没有统一社会信用代码；个人身份证件号不在此登记', en: 'a person has no unified social credit code, and identity numbers are not registered here', remedy: 'CORRECT_INPUT' },
  DELEGATION_ENDED: { zh: '该委托已经终止', en: 'this delegation has ended already', remedy: 'READ_AGAIN' },
  DELEGATION_TERM_EMPTY: { zh: '委托期限的结束须晚于开始', en: 'the term of a delegation must end after it starts', remedy: 'CORRECT_INPUT' },
  DELEGATION_TO_ONESELF: { zh: '委托方与受托方不能是同一主体', en: 'a party cannot delegate to itself', remedy: 'CORRECT_INPUT' },
  DEPARTMENT_MISSING: { zh: '主管部门须说明是哪个部门：…', en: 'a department in charge must say which one it is: …', remedy: 'CORRECT_INPUT' },
  DEPARTMENT_NOT_ALLOWED: { zh: '…不填部门（收到 …）', en: 'a party of kind … has no department (got …)', remedy: 'CORRECT_INPUT' },
  DEPARTMENT_UNKNOWN: { zh: '部门“…”不在列表中：…', en: "'…' is no department; one of …", remedy: 'CORRECT_INPUT' },
  DRIVER_SIGNED_UP: { zh: '本应用已为该手机号注册过驾驶人 …', en: 'this app has signed up a driver with this phone already: …', remedy: 'READ_AGAIN' },
  ERASED: { zh: '该个人的信息已应其请求删除', en: 'the personal data of this person were destroyed, as it asked', remedy: 'READ_AGAIN' },
  EXPIRY_MISSING: { zh: '密钥须有到期时间，最长两年', en: 'a key has an end, at most two years away', remedy: 'CORRECT_INPUT' },
  EXPIRY_OUT_OF_RANGE: { zh: '到期时间须在现在之后、两年之内', en: 'the end of a key lies after now and within two years', remedy: 'CORRECT_INPUT' },
  JURISDICTION_BEYOND_PARTY: { zh: '行政区 … 不在该单位辖区（…）之内', en: 'the jurisdiction … does not lie within that of the office (…)', remedy: 'LEAVE_TO_OTHERS' },
  JURISDICTION_CODE_INVALID: { zh: '行政区划代码须为 6、9 或 12 位数字，或开发区自定编码；不按行政区授权者不填', en: 'a division code has 6, 9 or 12 digits, a development zone its own; what is not given by jurisdiction has none', remedy: 'CORRECT_INPUT' },
  JURISDICTION_NOT_OF_ROLE: { zh: '角色“…”不按行政区授权，请勿填写 …', en: 'the role … is not given by jurisdiction: leave out …', remedy: 'CORRECT_INPUT' },
  KEY_ALREADY_ROTATED: { zh: '该密钥已轮换过，请轮换其新密钥', en: 'this key was rotated already: rotate its successor', remedy: 'READ_AGAIN' },
  KEY_NOT_IN_FORCE: { zh: '该密钥已到期或已吊销，不能轮换', en: 'this key has expired or was revoked and cannot be rotated', remedy: 'READ_AGAIN' },
  KEY_REVOKED: { zh: '该密钥已经吊销', en: 'this key was revoked already', remedy: 'READ_AGAIN' },
  KIND_UNKNOWN: { zh: '主体类型“…”不在列表中：…', en: "'…' is no kind of party; one of …", remedy: 'CORRECT_INPUT' },
  MEMBERSHIP_ENDED: { zh: '该成员关系已经终止', en: 'this membership has ended already', remedy: 'READ_AGAIN' },
  MEMBERSHIP_EXISTS: { zh: '该成员在此期间已担任“…”', en: 'the member holds the role … there already within this term', remedy: 'READ_AGAIN' },
  MEMBERSHIP_TERM_EMPTY: { zh: '成员关系的结束须晚于开始', en: 'a membership must end after it starts', remedy: 'CORRECT_INPUT' },
  MEMBER_OF_ITSELF: { zh: '主体不能是自己的成员', en: 'a party cannot be a member of itself', remedy: 'CORRECT_INPUT' },
  NAME_INVALID: { zh: '名称的长度或字符不合要求：须为 …–… 字', en: 'the name is too short or too long: … to … characters', remedy: 'CORRECT_INPUT' },
  NOTICE_UNKNOWN: { zh: '没有发给您的通知 …', en: 'there is no notice … to you', remedy: 'READ_AGAIN' },
  OVERLAP_OUT_OF_RANGE: { zh: '新旧密钥并存须为 0–… 小时，收到 …', en: 'the overlap is 0 to … hours; got …', remedy: 'CORRECT_INPUT' },
  PARTY_ALREADY_REGISTERED: { zh: '… 已属主体 …', en: '… belongs to the party … already', remedy: 'READ_AGAIN' },
  PHONE_INVALID: { zh: '电话号码须为 11 位手机号、带区号的固话或 400 号码，收到 … 位', en: 'a telephone number must be an 11 digit mobile, a landline with its area code or a 400 number; this has … digits', remedy: 'CORRECT_INPUT' },
  PHONE_NOT_MOBILE: { zh: '驾驶人须登记 11 位手机号，收到 … 位固话或 400 号码', en: 'a driver is signed up with an 11 digit mobile; this is another number, of … digits', remedy: 'CORRECT_INPUT' },
  POWERS_MISSING: { zh: '委托须写明至少一项权限', en: 'a delegation names at least one power', remedy: 'CORRECT_INPUT' },
  PROCUREMENT_REFERENCE_MISSING: { zh: '机关、事业单位委托停车企业须依《政府采购法》，请填写采购编号', en: 'an agency or public institution delegates under the Government Procurement Law: give the procurement reference', remedy: 'CORRECT_INPUT' },
  PURPOSE_MISSING: { zh: '查看个人信息须说明用途（…–… 字）', en: 'reading personal data needs a purpose of … to … characters', remedy: 'CORRECT_INPUT' },
  REACH_NOT_ALLOWED: { zh: '只有主管部门与街道的密钥可越出本主体范围', en: 'only the key of a department or a street office reaches beyond its own party', remedy: 'LEAVE_TO_OTHERS' },
  ROLE_NOT_OF_KIND: { zh: '…不能担任或授予角色“…”', en: 'a party of kind … neither holds nor gives the role …', remedy: 'CORRECT_INPUT' },
  SCOPES_MISSING: { zh: '密钥须有至少一项权限', en: 'a key has at least one scope', remedy: 'CORRECT_INPUT' },
  SCOPE_UNKNOWN: { zh: '没有名为“…”的权限', en: "there is no action '…'", remedy: 'CORRECT_INPUT' },
  SOURCE_WITHOUT_CODE: { zh: '来源 source 与来源内编码 code 须同时填写', en: 'source and code come together or not at all', remedy: 'CORRECT_INPUT' },
} as const satisfies RefusalTable;

declare module '../kernel/refusals.js' {
  interface RefusalCodes extends CodesOf<typeof IDENTITY_REFUSALS> {}
}

/** What one action is, in words for the documentation, and whether a caller without a credential may do it. */
interface ActionWords {
  readonly zh: string;
  readonly en: string;
  readonly anonymous: boolean;
}

/** Every permission there is. A root field names one of these with `@Allow`; a grant names one of these or '*'. */
export const ACTIONS = {
  'viewer:read': { zh: '查看自己的身份与权限', en: 'see who one is and what one may do', anonymous: true },
  'service:read': { zh: '查看服务信息与节点', en: 'read what the service is, and nodes by id', anonymous: true },
  'party:read': { zh: '查看主体', en: 'read parties', anonymous: false },
  'party:write': { zh: '登记与变更主体', en: 'register and change parties', anonymous: false },
  'driver:sign-up': { zh: '经驾驶人同意为其注册', en: 'sign drivers up, with their consent', anonymous: false },
  'driver:leave': { zh: '终止应用为驾驶人代办', en: 'end what lets an app act for a driver', anonymous: false },
  'driver:erase': { zh: '应本人请求删除其个人信息', en: 'destroy a person’s data, as it asks', anonymous: false },
  'membership:write': { zh: '设置与终止成员关系', en: 'add and end memberships', anonymous: false },
  'delegation:write': { zh: '登记与终止委托', en: 'record and end delegations', anonymous: false },
  'key:read': { zh: '查看接口密钥', en: 'list API keys', anonymous: false },
  'key:issue': { zh: '签发与吊销接口密钥', en: 'issue and revoke API keys', anonymous: false },
  'key:rotate': { zh: '轮换接口密钥', en: 'rotate API keys', anonymous: false },
  'personal:read-clear': { zh: '明文查看个人信息（须说明用途，留审计）', en: 'read a personal field in clear, for a stated purpose and audited', anonymous: false },
  'notice:read': { zh: '查看并标记发给自己主体的通知', en: 'read and mark the notices to one’s own parties', anonymous: false },
  'audit:read': { zh: '查看与核验审计日志', en: 'read and verify the audit log', anonymous: false },
  'platform:operate': { zh: '运行平台：限额、任务、诊断', en: 'operate the platform: limits, jobs, diagnosis', anonymous: false },
  'jurisdiction:read': { zh: '查看行政区', en: 'read jurisdictions', anonymous: true },
  'jurisdiction:write': { zh: '维护行政区与报告单位', en: 'maintain jurisdictions and reporting units', anonymous: false },
  'facility:read': { zh: '查看停车设施', en: 'read facilities', anonymous: true },
  'facility:write': { zh: '登记与变更停车设施', en: 'register and change facilities', anonymous: false },
  'window:read': { zh: '查看共享时段', en: 'read sharing windows', anonymous: true },
  'window:publish': { zh: '发布与变更共享时段', en: 'publish and change sharing windows', anonymous: false },
  'window:suspend': { zh: '因应急情形暂停共享', en: 'suspend sharing in an emergency', anonymous: false },
  'tariff:read': { zh: '查看收费标准', en: 'read tariffs', anonymous: true },
  'tariff:publish': { zh: '发布、变更与登记收费标准', en: 'publish, change and register tariffs', anonymous: false },
  'proof:record': { zh: '登记核验结果', en: 'record the result of a check that publishing asks for', anonymous: false },
  'calendar:write': { zh: '登记国务院放假安排', en: 'record notices of the State Council’s calendar', anonymous: false },
  'search:nearby': { zh: '查找附近可停的泊位', en: 'search what one can park in near a place', anonymous: true },
  'availability:read': { zh: '查看可用泊位', en: 'read availability', anonymous: true },
  'availability:read-exact': { zh: '查看机关大院等受保护设施的实时精确数字', en: 'read exact live figures of government compounds', anonymous: false },
  'occupancy:report': { zh: '上报占用', en: 'report occupancy', anonymous: false },
  'occupancy:read': { zh: '查看上报来源与数据质量', en: 'read feeds and findings about their quality', anonymous: false },
  'payment:read': { zh: '查看支付与退款', en: 'read payments and refunds', anonymous: false },
  'payment:pay': { zh: '支付费用与关闭支付', en: 'pay charges and close payments', anonymous: false },
  'payment:resolve': { zh: '处理支付中的不符之处', en: 'work off what does not add up about payments', anonymous: false },
  'reservation:read': { zh: '查看自己主体的预约及其设施上的预约', en: 'read reservations of one’s own parties and at their facilities', anonymous: false },
  'reservation:write': { zh: '为自己主体报价、预约、变更与取消', en: 'quote, book, change and cancel for one’s own parties', anonymous: false },
  'gate:operate': { zh: '在自己的设施放行、登记进出与更正号牌', en: 'decide entries, record entries and exits and correct plates at one’s own facilities', anonymous: false },
  'session:read': { zh: '查看停车记录与道闸核对结果', en: 'read sessions and what the gate found', anonymous: false },
  'terms:write': { zh: '设置预约条款', en: 'set the terms of booking', anonymous: false },
  'import:run': { zh: '导入数据', en: 'run an import', anonymous: false },
  'import:read': { zh: '查看导入结果', en: 'read the results of imports', anonymous: false },
  'charge:read': { zh: '查看费用与收据', en: 'read charges and receipts', anonymous: false },
  'invoice:request': { zh: '申请发票', en: 'ask for invoices', anonymous: false },
  'invoice:issue': { zh: '开具、拒开与冲红发票', en: 'issue, refuse and reverse invoices', anonymous: false },
  'settlement:read': { zh: '查看结算与上缴批次、收入去向', en: 'read settlement and remittance batches, and where money goes', anonymous: false },
  'ledger:check': { zh: '核对账簿', en: 'check the ledger', anonymous: false },
  'revenue:write': { zh: '设定收入分成', en: 'set who shares what a facility takes in', anonymous: false },
  'cost:record': { zh: '登记管理成本', en: 'record management costs', anonymous: false },
} as const satisfies Readonly<Record<string, ActionWords>>;

export type Action = keyof typeof ACTIONS;

/** Whether a text, from a stored grant or an input, names an action. */
export function isAction(text: string): text is Action {
  return Object.hasOwn(ACTIONS, text);
}

/** Every closed list of the room: its values, and what each means in Chinese and English, as the schema shows it. */
type Words = Readonly<Record<string, string>>;

export const CATEGORY_WORDS = {
  KEY_AREA_PUBLIC: '重点区域周边（2.1）。Public car park near a key area.',
  INSTITUTION: '机关、企事业单位（2.2）。Internal car park of an agency, institution or enterprise.',
  SOCIAL_PUBLIC: '社会公共停车（2.3）。Public car park, including public spaces that planning requires.',
  COMMERCIAL: '商业、企业办公配建（2.4）。Car park built with shops or offices.',
  RESIDENTIAL: '住宅小区（2.5）。Car park of a housing estate.',
  PRIVATE_SPACE: '私人自有泊位（2.6）。A space that a person owns.',
} as const satisfies Words;
export type FacilityCategory = keyof typeof CATEGORY_WORDS;

export const SECTOR_WORDS = {
  AGENCY: '机关单位。Government agency.',
  PUBLIC_INSTITUTION: '事业单位。Public institution.',
  STATE_OWNED_ENTERPRISE: '国有企业。State-owned enterprise.',
  ENTERPRISE_OFFICE: '企业办公楼；归于 2.2 还是 2.4 由辖区指定并说明理由。Office of a company; the district assigns 2.2 or 2.4 with a reason.',
  COMMERCIAL: '商业设施。Shops, markets, hotels.',
  HOSPITAL: '医院。Hospital.',
  SCHOOL: '学校。School or university.',
  PARK: '公园（3.6-9）。Park.',
  RESIDENTIAL: '住宅小区。Housing estate.',
  TRANSPORT_HUB: '交通枢纽。Station or other transport hub.',
  ON_STREET: '道路泊位。On-street section.',
  OTHER: '其他。Anything else.',
} as const satisfies Words;
export type Sector = keyof typeof SECTOR_WORDS;

export const RESOURCE_KIND_WORDS = {
  PUBLIC: '公共停车设施。Open to the public.',
  DEDICATED: '专用停车设施。For its own users.',
  ON_STREET: '道路停车泊位。On the street.',
} as const satisfies Words;
export type ResourceKind = keyof typeof RESOURCE_KIND_WORDS;

export const OWNERSHIP_WORDS = {
  JOINT: '全体业主共有（2.5-5）。Owned jointly by all owners of an estate.',
  PRIVATE: '私人所有（2.6）。Owned by a person.',
  STATE: '国有。Owned by the state.',
  COLLECTIVE: '集体所有。Owned by a collective.',
  ENTERPRISE: '企业所有。Owned by a company.',
} as const satisfies Words;
export type Ownership = keyof typeof OWNERSHIP_WORDS;

export const MANAGEMENT_MODE_WORDS = {
  SELF: '自行管理（3.5-1）。Managed by its owner.',
  DELEGATED: '委托管理（3.5-1）。Managed by somebody whom the owner engaged.',
} as const satisfies Words;
export type ManagementMode = keyof typeof MANAGEMENT_MODE_WORDS;

export const SPACE_CLASS_WORDS = {
  STANDARD: '标准泊位。An ordinary space.',
  CHARGING: '充电泊位。A space with a charging point.',
  ACCESSIBLE: '无障碍泊位。A space for people with disabilities.',
  LARGE: '大型车泊位。A space for buses and lorries.',
  MECHANICAL: '机械式泊位。A space of a mechanical device.',
} as const satisfies Words;
export type SpaceClass = keyof typeof SPACE_CLASS_WORDS;
export const SPACE_CLASSES = Object.keys(SPACE_CLASS_WORDS) as SpaceClass[];

export const SPACE_ATTRIBUTE_WORDS = {
  CHARGING_POINT: '有充电桩。Has a charging point.',
  ACCESSIBLE: '无障碍。Fit for people with disabilities.',
  WIDE: '加宽。Wider than the standard.',
  COVERED: '有遮盖。Under a roof.',
  MECHANICAL: '机械式。In a mechanical device.',
} as const satisfies Words;
export type SpaceAttribute = keyof typeof SPACE_ATTRIBUTE_WORDS;

export const SPACE_STATUS_WORDS = {
  IN_SERVICE: '可用。In service.',
  OUT_OF_SERVICE: '停用。Out of service for now.',
  REMOVED: '已取消。No longer marked on the ground.',
} as const satisfies Words;
export type SpaceStatus = keyof typeof SPACE_STATUS_WORDS;

export const ENTRANCE_KIND_WORDS = {
  VEHICLE: '机动车出入口。For vehicles.',
  PEDESTRIAN: '人行出入口。For people on foot.',
} as const satisfies Words;
export type EntranceKind = keyof typeof ENTRANCE_KIND_WORDS;

export const REGISTRATION_STATUS_WORDS = {
  VALID: '有效。In force.',
  EXPIRED: '已过期。Past its term.',
  REVOKED: '已撤销。Revoked.',
  PENDING: '办理中。Applied for.',
} as const satisfies Words;
export type RegistrationStatus = keyof typeof REGISTRATION_STATUS_WORDS;

export const JURISDICTION_KIND_WORDS = {
  CITY: '设区市。City.',
  DISTRICT: '市辖区。District.',
  COUNTY: '县、县级市。County or county-level city.',
  SUB_DISTRICT: '街道。Sub-district.',
  TOWNSHIP: '镇、乡。Town or township.',
  DEVELOPMENT_ZONE: '开发区、投资区（0-1）。Development zone, a reporting unit over sub-districts.',
} as const satisfies Words;
export type JurisdictionKind = keyof typeof JURISDICTION_KIND_WORDS;

export const KEY_PLACE_KIND_WORDS = {
  RESIDENTIAL: '住宅小区。Housing estate.',
  HOSPITAL: '医院。Hospital.',
  SCHOOL: '学校。School.',
  OLD_TOWN: '老城区。Old town.',
  OLD_COMMUNITY: '老旧住宅小区。Old housing estate.',
  SCENIC: '景区。Scenic area.',
  TRANSPORT: '交通枢纽。Station or other transport hub.',
  OFFICE: '办公区。Offices.',
} as const satisfies Words;
export type KeyPlaceKind = keyof typeof KEY_PLACE_KIND_WORDS;

export const SHUTTLE_MODE_WORDS = {
  BUS: '公交、接驳巴士。Bus.',
  MICRO_BUS: '微型公交。Small bus.',
  SIGHTSEEING_CAR: '旅游观光车。Sightseeing car.',
  METRO: '地铁。Metro.',
  TRAM: '有轨电车。Tram.',
} as const satisfies Words;
export type ShuttleMode = keyof typeof SHUTTLE_MODE_WORDS;

export const OBLIGATION_WORDS = {
  SHALL: '应：不做即违反。Shall: leaving it undone is a violation.',
  MUST_NOT: '不得：做了即违反。Must not: doing it is a violation.',
  MUST: '要：须做到。Must be done.',
  ENCOURAGED: '鼓励：不做是错失的机会。Encouraged: leaving it undone is a missed chance.',
  MAY: '可：由其决定。May: theirs to decide.',
  PILOT: '探索、试行。A pilot.',
} as const satisfies Words;
export type ObligationLevel = keyof typeof OBLIGATION_WORDS;

/** Whether a text is one of a list's values. */
export function isOf<W extends Words>(words: W, value: unknown): value is keyof W & string {
  return typeof value === 'string' && Object.hasOwn(words, value);
}

import type { Crs } from '../kernel/index.js';
import { enumOf } from '../platform/graphql/index.js';
import { STATUS_EVENT_WORDS, STATUS_WORDS } from './rules/status.js';
import {
  CATEGORY_WORDS, ENTRANCE_KIND_WORDS, JURISDICTION_KIND_WORDS, KEY_PLACE_KIND_WORDS, MANAGEMENT_MODE_WORDS, OBLIGATION_WORDS, OWNERSHIP_WORDS,
  REGISTRATION_STATUS_WORDS, RESOURCE_KIND_WORDS, SECTOR_WORDS, SHUTTLE_MODE_WORDS, SPACE_ATTRIBUTE_WORDS, SPACE_CLASS_WORDS, SPACE_STATUS_WORDS,
} from './rules/words.js';

const CRS_WORDS: Readonly<Record<Crs, string>> = {
  WGS84: '世界大地测量系统（EPSG:4326），GPS 所用。WGS-84, as GPS gives it.',
  CGCS2000: '2000 国家大地坐标系（EPSG:4490）。China Geodetic Coordinate System 2000.',
  GCJ02: '国测局坐标（高德、腾讯地图）。As on AMap and Tencent maps; 500 m off WGS-84.',
  BD09: '百度坐标。As on Baidu maps; over 1 km off WGS-84.',
};

export const CrsEnum = enumOf('Crs', CRS_WORDS, '坐标系；每个坐标必须注明（P5）。Coordinate system; every coordinate names its own.');
export const FacilityCategoryEnum = enumOf('FacilityCategory', CATEGORY_WORDS, '共享类别：政策的六类（第二部分）。Sharing category: the six of the policy.');
export const SectorEnum = enumOf('Sector', SECTOR_WORDS, '所属行业。Sector of whoever it belongs to.');
export const ResourceKindEnum = enumOf('ResourceKind', RESOURCE_KIND_WORDS, '停车资源种类：公共、专用、道路（2.1-4）。Kind of parking resource.');
export const OwnershipEnum = enumOf('Ownership', OWNERSHIP_WORDS, '产权性质（2.5-5）。Who owns it.');
export const ManagementModeEnum = enumOf('ManagementMode', MANAGEMENT_MODE_WORDS, '管理方式（3.5-1）。Managed by itself or by another.');
export const SpaceClassEnum = enumOf('SpaceClass', SPACE_CLASS_WORDS, '泊位类型；一个泊位只计入一类。Class of space; a space counts in one.');
export const SpaceAttributeEnum = enumOf('SpaceAttribute', SPACE_ATTRIBUTE_WORDS, '泊位特征，可兼有。What else a space has; any number of them.');
export const SpaceStatusEnum = enumOf('SpaceStatus', SPACE_STATUS_WORDS, '泊位状态。State of one space.');
export const EntranceKindEnum = enumOf('EntranceKind', ENTRANCE_KIND_WORDS, '出入口种类。Kind of entrance.');
export const RegistrationStatusEnum = enumOf('RegistrationStatus', REGISTRATION_STATUS_WORDS, '经营登记备案状态（2.4-1）。State of the business registration.');
export const JurisdictionKindEnum = enumOf('JurisdictionKind', JURISDICTION_KIND_WORDS, '行政区种类。Kind of jurisdiction.');
export const KeyPlaceKindEnum = enumOf('KeyPlaceKind', KEY_PLACE_KIND_WORDS, '重点区域种类（1-3）。Kind of key place.');
export const ShuttleModeEnum = enumOf('ShuttleMode', SHUTTLE_MODE_WORDS, '接驳方式（2.1-9）。Means of the shuttle.');
export const ObligationLevelEnum = enumOf('ObligationLevel', OBLIGATION_WORDS, '条款强度：由原文动词决定。Strength of a clause, by its own verb.');
export const FacilityStatusEnum = enumOf('FacilityStatus', STATUS_WORDS, '设施状态（3.6-4）。State of a facility; its spaces count from OPEN on.');
export const FacilityStatusEventEnum = enumOf('FacilityStatusEvent', STATUS_EVENT_WORDS, '设施状态变更。What happens to a facility.');

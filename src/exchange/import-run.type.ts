import { Field, ID, Int, ObjectType } from 'type-graphql';
import { InstantScalar, Node, connectionTypes, enumOf } from '../platform/graphql/index.js';
import type { ImportMode, ImportState } from './import-report.js';
import type { FileFormat } from './read-rows.js';

type Words = Readonly<Record<string, string>>;

const KIND_WORDS = {
  JURISDICTIONS: '行政区。Jurisdictions.',
  FACILITIES: '停车设施（3.1-4）。Facilities.',
  WINDOWS: '共享时段（3.6-1）。Sharing windows.',
  WALK_NETWORK: '步行路网，整体替换（2.1-3）。A walking network, replaced whole.',
} as const satisfies Words;
export type ImportKindValue = keyof typeof KIND_WORDS;

const STATE_WORDS = {
  RUNNING: '进行中，尚未写入。Under way; nothing is written yet.',
  DONE: '已写入；试运行则为可写入。Written; of a dry run, fit to be written.',
  REFUSED: '被拒绝，什么也没有写入。Refused; nothing was written.',
  FAILED: '因故障中止，什么也没有写入。Broken off by a fault; nothing was written.',
  ABANDONED: '进程消失而中断，什么也没有写入。Its process vanished; nothing was written.',
} as const satisfies Record<ImportState, string>;

const MODE_WORDS = {
  ALL_OR_NOTHING: '有一行被拒绝则全部不写。One refused row keeps the whole file out.',
  VALID_ROWS: '只写合格的行。Only the sound rows are written.',
} as const satisfies Record<ImportMode, string>;

const FORMAT_WORDS = {
  CSV: '文本表格。A table of text.',
  GEOJSON: 'GeoJSON 要素集。A GeoJSON FeatureCollection.',
  XLSX: 'Excel 表格。An Excel workbook.',
} as const satisfies Record<FileFormat, string>;

const SEVERITY_WORDS = {
  REFUSED: '此行被拒绝。The row is refused.',
  FINDING: '提示，不影响写入。A finding; the row is taken.',
} as const satisfies Words;

const ImportKindEnum = enumOf('ImportKind', KIND_WORDS, '导入的类别（2.3-1）。What is imported.');
const ImportStateEnum = enumOf('ImportState', STATE_WORDS, '导入的状态。Where an import stands.');
const ImportModeEnum = enumOf('ImportMode', MODE_WORDS, '导入方式。Whether one refused row keeps all out.');
const FileFormatEnum = enumOf('FileFormat', FORMAT_WORDS, '文件格式，按内容判定。Format of a file, by its content.');
const ProblemSeverityEnum = enumOf('ImportProblemSeverity', SEVERITY_WORDS, '问题的轻重。How much a problem weighs.');

@ObjectType({ description: '导入中的一个问题：哪一行、哪一列、什么值、哪条规则（3.1-4）。One problem of an import: row, column, value and rule.' })
export class ImportProblem {
  position!: number;
  zh!: string;
  en!: string;

  @Field(() => ProblemSeverityEnum, { description: '轻重。Whether the row is refused or only pointed out.' })
  severity!: string;

  @Field(() => Int, { nullable: true, description: '行号，与表格软件所示一致（表头为第 1 行）；GeoJSON 为要素序号；0 为映射自带的数据；整个文件的问题为空。Row as a spreadsheet shows it, the heading being row 1; of GeoJSON the feature, from 1; 0 for what the mapping brings; null where the file as a whole is wrong.' })
  row!: number | null;

  @Field(() => String, { nullable: true, description: '列名；不涉及单列时为空。Column; null where it is about no single one.' })
  column!: string | null;

  @Field(() => String, { nullable: true, description: '单元格的值，最多 200 字；空单元格为空。What the cell holds, 200 characters at most; null for an empty one.' })
  value!: string | null;

  @Field(() => String, { description: '规则代码。Code of the rule that decided.' })
  code!: string;

  @Field(() => String, { nullable: true, description: '政策条款；非政策规则时为空。Policy item; null for a rule that is not of the policy.' })
  clause!: string | null;

  @Field(() => String, { description: '按 Accept-Language 的说明。What is wrong, in the language of the request.' })
  message!: string;
}

export const ImportProblemConnection = connectionTypes('ImportProblem', () => ImportProblem, { zh: '导入问题', en: 'import problems' });

@ObjectType({ implements: Node, description: '一次导入（3.1-4）：来源、方式、结果与问题。One import: its source, how it was asked for, and what came of it.' })
export class ImportRun extends Node {
  @Field(() => ImportKindEnum, { description: '类别。What was imported.' })
  kind!: ImportKindValue;

  @Field(() => String, { description: '数据来源名称。Name of the source.' })
  source!: string;

  @Field(() => ID, { description: '操作者标识。Who ran it.' })
  actorId!: string;

  @Field(() => ImportStateEnum, { description: '状态。Where it stands.' })
  state!: ImportState;

  @Field(() => ImportModeEnum, { description: '方式。How refused rows were dealt with.' })
  mode!: ImportMode;

  @Field(() => Boolean, { description: '是否试运行；试运行不写入。Whether it was a dry run, which writes nothing.' })
  isDryRun!: boolean;

  @Field(() => FileFormatEnum, { nullable: true, description: '文件格式；未能识别时为空。Format of the file; null where it was not made out.' })
  format!: FileFormat | null;

  @Field(() => String, { nullable: true, description: '文本编码；XLSX 为空。Encoding of the text; null for XLSX.' })
  encoding!: string | null;

  @Field(() => String, { description: '文件的 SHA-256（十六进制）。SHA-256 of the file in hexadecimal.' })
  fileSha256!: string;

  @Field(() => InstantScalar, { description: '开始时刻。When it began.' })
  startedAt!: number;

  @Field(() => InstantScalar, { nullable: true, description: '结束时刻；进行中为空。When it ended; null while under way.' })
  endedAt!: number | null;

  @Field(() => Int, { description: '读取的行数。Rows taken from the file.' })
  rows!: number;

  @Field(() => Int, { description: '新增数。Created.' })
  created!: number;

  @Field(() => Int, { description: '变更数。Changed.' })
  changed!: number;

  @Field(() => Int, { description: '确认数：数据相同，日期较新。Confirmed: the same figures observed later.' })
  confirmed!: number;

  @Field(() => Int, { description: '未变数。Unchanged.' })
  unchanged!: number;

  @Field(() => Int, { description: '被较新数据取代而未采用的数。Superseded by figures that are newer.' })
  superseded!: number;

  @Field(() => Int, { description: '被拒绝数。Refused.' })
  refused!: number;

  @Field(() => Int, { description: '提示数。Findings.' })
  findings!: number;

  @Field(() => Int, { description: '问题与提示的总数，含未保存的（只保存前 1,000 条）。Problems and findings in all, also those beyond the first 1,000 that are kept.' })
  problemCount!: number;
}

export const ImportRunConnection = connectionTypes('ImportRun', () => ImportRun, { zh: '导入', en: 'imports' });

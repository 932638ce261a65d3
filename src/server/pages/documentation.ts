import {
  isEnumType, isInputObjectType, isInterfaceType, isObjectType, isScalarType, isSpecifiedScalarType, isUnionType,
  type GraphQLArgument, type GraphQLField, type GraphQLInputField, type GraphQLNamedType, type GraphQLSchema,
} from 'graphql';
import { ACTIONS } from '../../identity/index.js';
import { REMEDIES } from '../../kernel/index.js';
import { FAULT_CODES } from '../../platform/graphql/index.js';
import { CLOSE_CODES } from '../close-codes.js';
import { CLASS_LIMITS, LIMITS } from '../limits.js';
import { refusalsOf } from '../schema.js';
import { VERSION } from '../version.js';

const pages = new WeakMap<GraphQLSchema, { readonly type: string; readonly body: string }>();

/** One page of all that the schema promises: types, codes, limits, permissions and how it changes. Made once a schema. */
export function documentationPage(schema: GraphQLSchema): { readonly type: string; readonly body: string } {
  const known = pages.get(schema);
  if (known) return known;
  const made = { type: 'text/html; charset=utf-8', body: written(schema) };
  pages.set(schema, made);
  return made;
}

function written(schema: GraphQLSchema): string {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].filter(type => type != null);
  const others = Object.values(schema.getTypeMap())
    .filter(type => !type.name.startsWith('__') && !isSpecifiedScalarType(type) && !roots.includes(type as never))
    .sort((a, b) => a.name.localeCompare(b.name, 'en'));
  return `<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>潮位 Chaowei ${text(VERSION)} · 架构文档 Schema</title><link rel="icon" href="/explorer/icon.svg" type="image/svg+xml">
<style>${STYLE}</style></head><body>
<nav><a href="#codes">错误代码 Codes</a> <a href="#refusals">拒绝代码 Refusals</a> <a href="#closes">断开代码 Close codes</a> <a href="#limits">限额 Limits</a> <a href="#permissions">权限 Permissions</a> <a href="#change">变更 Change</a> <a href="/explorer">GraphiQL</a>
${roots.map(type => `<h3>${link(type.name)}</h3>${Object.keys(type.getFields()).map(field => `<a href="#${type.name}.${field}">${field}</a>`).join(' ')}`).join('\n')}
<h3>类型 Types</h3>${others.map(type => link(type.name)).join(' ')}</nav>
<main><h1>潮位 Chaowei ${text(VERSION)}</h1>
${codes()}${refusals(schema)}${closes()}${limits()}${permissions()}${change()}
${[...roots, ...others].map(section).join('\n')}</main></body></html>`;
}

const STYLE = `body{font:15px/1.6 system-ui,sans-serif;margin:0;display:flex;color:#1d2733}nav{width:17rem;flex:none;height:100vh;overflow:auto;position:sticky;top:0;padding:1rem;box-sizing:border-box;background:#f3f6f9;font-size:13px}nav a{display:inline-block;margin-right:.5em}
main{padding:1rem 2rem;max-width:62rem;min-width:0}a{color:#0b6a8a;text-decoration:none}table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid #dde4ea;padding:.3rem .6rem;text-align:left;vertical-align:top}
code{background:#eef2f5;padding:0 .25rem;border-radius:3px}h2{margin-top:2.5rem;border-bottom:2px solid #0b6a8a;overflow-wrap:anywhere}.old{text-decoration:line-through}.wide{overflow-x:auto}
@media (max-width:50rem){body{display:block}nav{position:static;width:auto;height:auto;max-height:40vh}main{padding:.5rem 1rem}td,th{padding:.3rem}td code{overflow-wrap:anywhere}
table.words,.words tbody,.words tr,.words td{display:block}.words tr{border-bottom:1px solid #dde4ea;padding:.4rem 0}.words tr:first-child{display:none}.words td{border:0;padding:.1rem 0}}`;

const text = (value: string): string => value.replace(/[&<>"]/g, character => `&#${character.charCodeAt(0)};`);
const link = (name: string): string => `<a href="#${name}">${name}</a>`;
const typeLink = (type: { toString(): string }): string => `<code>${text(String(type)).replace(/[A-Za-z]\w*/, name => link(name))}</code>`;
const prose = (description: string | null | undefined): string => (description ?? '').split('\n\n').map(paragraph => `<p>${text(paragraph)}</p>`).join('');
/** On a phone a row of words stands as a paragraph; figures keep their columns. */
const table = (headings: readonly string[], rows: ReadonlyArray<readonly string[]>, kind: 'words' | 'figures' = 'words'): string =>
  `<div class="wide"><table class="${kind}"><tr>${headings.map(heading => `<th>${heading}</th>`).join('')}</tr>${rows.map(row => `<tr>${row.map(cell => `<td>${cell}</td>`).join('')}</tr>`).join('')}</table></div>`;

function codes(): string {
  const rows = Object.entries(FAULT_CODES).map(([code, { status, zh, en }]) => [`<code>${code}</code>`, String(status), text(zh), text(en)]);
  return `<h2 id="codes">错误代码 Error codes</h2><p>封闭列表；每个错误带 <code>extensions.code</code> 与 <code>extensions.traceId</code>。业务拒绝不在此列，见载荷的 userErrors 与<a href="#refusals">拒绝代码</a>。
A closed list; each error has a code and a trace id. Refusals by a rule are no errors but the payload’s userErrors, with <a href="#refusals">codes of their own</a>.</p>
<p>标识的种类不符或写法有误为 BAD_USER_INPUT，并写明前缀；写法无误而对象不存在：读取为空（不能为空者 NOT_FOUND），写入为 NOT_FOUND 或拒绝；成批上报逐条答复。
An id of another kind, or none, is BAD_USER_INPUT that shows the prefix. One of nothing is null in a read, NOT_FOUND where the read cannot be null, and NOT_FOUND or a refusal in a write; a batch of reports is answered report by report.</p>${table(['代码 Code', 'HTTP', '含义', 'Meaning'], rows)}`;
}

function refusals(schema: GraphQLSchema): string {
  const remedies = Object.entries(REMEDIES).map(([remedy, { zh, en }]) => [`<code>${remedy}</code>`, text(zh), text(en)]);
  const rows = Object.entries(refusalsOf(schema)).sort(([a], [b]) => (a < b ? -1 : 1)).map(([code, { zh, en, remedy }]) => [`<code>${code}</code>`, text(zh), text(en), `<code>${remedy}</code>`]);
  return `<h2 id="refusals">拒绝代码 Refusal codes</h2><p><code>userErrors { code }</code>、<code>eligibility</code> 与导入报告所用；… 为随情形而变的对象与数字。会增加，不改义。
Told by userErrors, by eligibility and by the reports of imports; … stands for the thing and the number, which the message names. Codes are added; none changes its meaning. For a code that you do not know yet, its <code>remedy</code> says what can be done.</p>
${table(['可做什么 Remedy', '含义', 'Meaning'], remedies)}${table(['代码 Code', '含义', 'Meaning', '可做什么 Remedy'], rows)}`;
}

function closes(): string {
  const rows = CLOSE_CODES.map(({ code, zh, en }) => [`<code>${code}</code>`, text(zh), text(en)]);
  return `<h2 id="closes">WebSocket 断开代码 Close codes</h2><p>凭证置于 connection_init 的 <code>authorization</code>。断开后携末次 <code>cursor</code> 作 <code>since</code> 重连即补发所缺。
The credential stands in <code>authorization</code> of connection_init. Come back with the last <code>cursor</code> as <code>since</code>, and what was missed is told.</p>${table(['代码 Code', '含义', 'Meaning'], rows)}`;
}

function limits(): string {
  const classes = Object.entries(CLASS_LIMITS).map(([name, row]) => [`<code>${name}</code> ${text(row.zh)} ${text(row.en)}`, String(row.queryCost), String(row.nodes), row.pointsPerMinute === null ? '—' : String(row.pointsPerMinute)]);
  const rows = Object.values(LIMITS).map(row => [text(row.zh), text(row.en), `${row.value.toLocaleString('en')} ${row.unit}`]);
  return `<h2 id="limits">限额 Limits</h2><p>每 5 个对象 1 点，外加每次请求 1 点；分页按满页估算；用量见 <code>extensions.cost</code> 与 x-ratelimit-*。
One point for five objects and one for the request; a page counts as full; see extensions.cost.</p>
${table(['类别 Class', '每次查询代价 Cost a query', '对象 Objects', '每分钟点数 Points a minute'], classes, 'figures')}${table(['限额', 'Limit', '值 Value'], rows, 'figures')}`;
}

function permissions(): string {
  const rows = Object.entries(ACTIONS).map(([action, { zh, en, anonymous }]) => [`<code>${action}</code>`, text(zh), text(en), anonymous ? '可匿名 open' : '']);
  return `<h2 id="permissions">权限 Permissions</h2>${table(['权限 Action', '含义', 'Meaning', '匿名 Anonymous'], rows)}`;
}

function change(): string {
  return `<h2 id="change">变更与弃用 Change and deprecation</h2><p>只增不改：字段只会新增。被取代者标 <code>@deprecated</code>，写明替代与移除日期，且至少保留 12 个月；移除前在响应与本页公告。
The schema only grows. What is replaced is marked @deprecated with its replacement and the date of its end, and stays for at least 12 months. Enums may gain values: treat an unknown one as such.</p>`;
}

function section(type: GraphQLNamedType): string {
  return `<h2 id="${type.name}">${type.name}</h2>${prose(type.description)}${body(type)}`;
}

function body(type: GraphQLNamedType): string {
  if (isObjectType(type) || isInterfaceType(type)) {
    const implemented = type.getInterfaces().map(parent => link(parent.name)).join(', ');
    return `${implemented ? `<p>实现 implements ${implemented}</p>` : ''}${table(['字段 Field', '类型 Type', '说明 Description'], Object.values(type.getFields()).map(field => fieldRow(type.name, field)))}`;
  }
  if (isInputObjectType(type)) {
    const rows = Object.values(type.getFields()).map(field => [`<code>${field.name}</code>`, typeLink(field.type), prose(field.description) + byDefault(field)]);
    return `${type.isOneOf ? '<p><code>@oneOf</code> 恰填其一。Exactly one of them.</p>' : ''}${table(['字段 Field', '类型 Type', '说明 Description'], rows)}`;
  }
  if (isEnumType(type)) return table(['值 Value', '说明 Description'], type.getValues().map(value => [`<code>${value.name}</code>`, prose(value.description)]));
  if (isUnionType(type)) return `<p>${type.getTypes().map(member => link(member.name)).join(' | ')}</p>`;
  return isScalarType(type) && type.specifiedByURL ? `<p><code>${text(type.specifiedByURL)}</code></p>` : '';
}

function fieldRow(owner: string, field: GraphQLField<unknown, unknown>): readonly string[] {
  const args = field.args.length === 0 ? '' : `<ul>${field.args.map(argument).join('')}</ul>`;
  const old = field.deprecationReason ? `<p><b>已弃用 Deprecated:</b> ${text(field.deprecationReason)}</p>` : '';
  return [`<code id="${owner}.${field.name}"${old ? ' class="old"' : ''}>${field.name}</code>`, typeLink(field.type), prose(field.description) + old + args];
}

function argument(arg: GraphQLArgument): string {
  return `<li><code>${arg.name}</code>: ${typeLink(arg.type)}${byDefault(arg)} ${prose(arg.description)}</li>`;
}

function byDefault(value: GraphQLArgument | GraphQLInputField): string {
  return value.defaultValue === undefined ? '' : ` = <code>${text(JSON.stringify(value.defaultValue))}</code>`;
}

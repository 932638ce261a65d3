/** Every code with which a socket is closed, in one table: /docs prints it. What a client does of its own accord is not among them. */
export const CLOSE_CODES = [
  { code: 1009, zh: '消息过长', en: 'a message is too long' },
  { code: 1012, zh: '服务重启：请立即重连', en: 'the service restarts: connect again at once' },
  { code: 1013, zh: '读取过慢，或暂时无法核验凭证：请稍后重连', en: 'reading too slowly, or nobody can be identified just now: connect again later' },
  { code: 4400, zh: '不是协议消息', en: 'no message of the protocol' },
  { code: 4401, zh: '未先发送 connection_init', en: 'an operation before the connection_init' },
  { code: 4403, zh: '凭证无效、到期或已吊销：请更换凭证', en: 'the credential is bad, has ended or was revoked: take another one' },
  { code: 4406, zh: '子协议须为 graphql-transport-ws', en: 'the subprotocol must be graphql-transport-ws' },
  { code: 4408, zh: '逾时未发送 connection_init', en: 'no connection_init in time' },
  { code: 4409, zh: '操作标识仍在使用', en: 'the id of the operation is in use' },
  { code: 4429, zh: '消息、连接或 connection_init 过多', en: 'too many messages, sockets or inits' },
] as const;

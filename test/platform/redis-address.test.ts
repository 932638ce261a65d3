import { expect, test } from '@jest/globals';
import { ConfigurationError, readConfiguration } from '../../src/platform/index.js';
import { redisAddressOf } from '../../src/platform/redis-address.js';

const plain = { isEncrypted: false, name: '' };

test('one server, a cluster and sentinels are told apart by the scheme', () => {
  expect(redisAddressOf('redis://127.0.0.1:6380/0')).toEqual({ ...plain, kind: 'SINGLE', nodes: [{ host: '127.0.0.1', port: 6380 }] });
  expect(redisAddressOf('redis+cluster://a:7000,b')).toEqual({ ...plain, kind: 'CLUSTER', nodes: [{ host: 'a', port: 7000 }, { host: 'b', port: 6379 }] });
  expect(redisAddressOf('rediss+sentinel://city:p%40ss@s1,s2:26380/chaowei')).toEqual({
    kind: 'SENTINEL', isEncrypted: true, username: 'city', password: 'p@ss', nodes: [{ host: 's1', port: 26_379 }, { host: 's2', port: 26_380 }], name: 'chaowei',
  });
  expect(redisAddressOf('redis://:secret@[::1]:6379')).toEqual({ ...plain, kind: 'SINGLE', password: 'secret', nodes: [{ host: '::1', port: 6379 }] });
});

test.each(['http://a', 'redis://', 'redis://a,b', 'redis+cluster://a/0', 'redis+sentinel://a', 'redis+ring://a', 'redis+cluster://a:99999', 'redis+cluster://a,,b'])('%s names no Redis, and the configuration says what would', text => {
  expect(redisAddressOf(text)).toBeNull();
  expect(() => readConfiguration({ REDIS_URL: text })).toThrow(ConfigurationError);
  expect(() => readConfiguration({ REDIS_URL: text })).toThrow('/ must be redis://host, redis+cluster://host,host or redis+sentinel://host,host/name');
});

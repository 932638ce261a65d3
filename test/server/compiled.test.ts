import { expect, test } from '@jest/globals';
import { newId } from '../../src/platform/index.js';
import { badInput } from '../../src/platform/graphql/index.js';
import type { OperationCompiler } from '../../src/server/graphql/documents.js';
import { firstOf, startTestServer } from './running.js';

const [X, Y, PLAIN] = [1, 2, 3].map(nth => newId('party', nth, new Uint8Array(10))) as [string, string, string];

test('a compiled operation answers its own JSON text, is compiled once a document, and may leave the work to the resolvers', async () => {
  let compiled = 0;
  const asked: unknown[] = [];
  const compiler: OperationCompiler = (_document, operation) => {
    if (operation.name?.value !== 'hot') return null;
    compiled += 1;
    return async (scope, variables, rootArguments) => {
      asked.push([scope.viewer.kind, variables, rootArguments]);
      return variables.id === PLAIN ? null : '{"node":{"id":"ready"}}';
    };
  };
  const server = await startTestServer({ assembly: { compilers: [compiler] } });
  const query = `query hot($id: ID = "${X}") { node(id: $id) { id } }`;
  try {
    const first = await server.post({ query });
    const second = await server.post({ query, variables: { id: Y } });
    const plain = await server.post({ query, variables: { id: PLAIN } });
    const noId = await server.post({ query, variables: { id: 'no' } });
    const unfit = await server.post({ query, variables: { id: {} } });
    const client = server.client();
    const overSocket = await firstOf(client, query);
    await client.dispose();

    expect(first.body).toEqual({ data: { node: { id: 'ready' } }, extensions: { cost: { requested: 2, limit: 1_000, remaining: expect.any(Number) } } });
    expect(second.body.data).toEqual({ node: { id: 'ready' } });
    expect(plain.body.data).toEqual({ node: null });
    expect(noId.body.errors[0]).toMatchObject({ message: "id: 'no' is no id of this service", path: ['node'], extensions: { code: 'BAD_USER_INPUT', field: 'id' } });
    expect(asked).toHaveLength(4);
    expect(unfit.body.errors[0].extensions.code).toBe('BAD_USER_INPUT');
    expect(overSocket.data).toEqual({ node: { id: 'ready' } });
    expect(compiled).toBe(1);
    expect(asked[1]).toEqual(['ANONYMOUS', { id: Y }, { node: { id: Y } }]);
  } finally {
    await server.close();
  }
});

test('G24: a compiled operation asks the permission of its root field first', async () => {
  let ran = false;
  const compiler: OperationCompiler = () => async () => {
    ran = true;
    return '{}';
  };
  const server = await startTestServer({ assembly: { compilers: [compiler] } });
  try {
    const { body } = await server.post({ query: '{ parties { totalCount } }' });

    expect(body.errors[0].extensions.code).toBe('UNAUTHENTICATED');
    expect(ran).toBe(false);
  } finally {
    await server.close();
  }
});

test('a fault of a compiled operation says where, as one of the resolvers does', async () => {
  const compiler: OperationCompiler = () => async () => {
    throw badInput({ zh: '不', en: 'no' }, 'id');
  };
  const server = await startTestServer({ assembly: { compilers: [compiler] } });
  try {
    const { body } = await server.post({ query: `{ hot: node(id: "${X}") { id } }` });

    expect(body.errors).toEqual([{ message: 'no', path: ['hot'], locations: [{ line: 1, column: 3 }], extensions: { code: 'BAD_USER_INPUT', field: 'id', traceId: expect.any(String) } }]);
    expect(body.data).toBeNull();
  } finally {
    await server.close();
  }
});

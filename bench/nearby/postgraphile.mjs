import { createServer } from 'node:http';
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber';
import { makePgService } from 'postgraphile/adaptors/pg';
import { grafserv } from 'postgraphile/grafserv/node';
import { postgraphile } from 'postgraphile';

// As its documentation sets it up, without the explorer and without explaining, both of which cost.
const graphile = postgraphile({
  extends: [PostGraphileAmberPreset],
  pgServices: [makePgService({ connectionString: process.env.DATABASE_URL, schemas: ['api'], poolConfig: { max: 10 } })],
  grafserv: { graphiql: false, watch: false },
  grafast: { explain: false },
});
const server = createServer();
await graphile.createServ(grafserv).addTo(server);
server.listen(Number(process.env.PORT), '127.0.0.1', () => process.send?.('listening'));

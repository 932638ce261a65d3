import { createServer } from 'node:http';
import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginDrainHttpServer } from '@apollo/server/plugin/drainHttpServer';
import { expressMiddleware } from '@as-integrations/express5';
import { makeExecutableSchema } from '@graphql-tools/schema';
import express from 'express';
import { RedisPubSub } from 'graphql-redis-subscriptions';
import { withFilter } from 'graphql-subscriptions';
import { useServer } from 'graphql-ws/use/ws';
import { Redis } from 'ioredis';
import { WebSocketServer } from 'ws';

// An ordinary server, as the documentation of Apollo Server, graphql-ws and graphql-redis-subscriptions builds it: every
// subscriber is an execution of its own, a list of ids is a channel each, an area is a filter.
const typeDefs = `
  input CoordinateInput { longitude: Float! latitude: Float! crs: String }
  input BoxInput { southWest: CoordinateInput! northEast: CoordinateInput! }
  input AreaInput { box: BoxInput }
  input FacilityWhere { ids: [ID!] within: AreaInput }
  enum AvailabilityState { OPEN FULL CLOSED SUSPENDED UNKNOWN }
  type LiveAvailability { state: AvailabilityState! free: Int quota: Int observedAt: String }
  type FacilityAvailability { facilityId: ID! version: String! classes: [LiveAvailability!]! }
  type AvailabilityChange { cursor: String! coalescedVersions: Int! availability: FacilityAvailability! }
  type Query { ready: Boolean! }
  type Subscription { availabilityChanged(where: FacilityWhere): AvailabilityChange! }
`;

const connect = () => new Redis(process.env.REDIS_URL);
const pubsub = new RedisPubSub({ publisher: connect(), subscriber: connect() });

const isInside = ({ place }, { where }) => {
  const { southWest, northEast } = where.within.box;
  return place.longitude >= southWest.longitude && place.longitude <= northEast.longitude && place.latitude >= southWest.latitude && place.latitude <= northEast.latitude;
};
const inArea = withFilter(() => pubsub.asyncIterableIterator('availability:*', { pattern: true }), isInside);

const resolvers = {
  Query: { ready: () => true },
  Subscription: {
    availabilityChanged: {
      subscribe: (root, args, context, info) => (args.where.ids ? pubsub.asyncIterableIterator(args.where.ids.map(id => `availability:${id}`)) : inArea(root, args, context, info)),
    },
  },
};

const schema = makeExecutableSchema({ typeDefs, resolvers });
const app = express();
const httpServer = createServer(app);
const webSockets = new WebSocketServer({ server: httpServer, path: '/graphql' });
const socketServer = useServer({
  schema,
  onConnect: ({ connectionParams }) => connectionParams?.authorization === `Bearer ${process.env.PEER_KEY}`,
}, webSockets);
const apollo = new ApolloServer({
  schema,
  plugins: [ApolloServerPluginDrainHttpServer({ httpServer }), { serverWillStart: async () => ({ drainServer: async () => socketServer.dispose() }) }],
});
await apollo.start();
app.use('/graphql', express.json(), expressMiddleware(apollo));
httpServer.listen(Number(process.env.PORT), '127.0.0.1');

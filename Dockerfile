# The steps are those of .ci/run: npm ci, build, run. Debian's slim image exists for amd64 and arm64 alike.
FROM node:20.20-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json ./
COPY src src
COPY migrations migrations
COPY schema schema
# The explorer's ready-made files come from packages that only development needs: they outlive the pruning.
RUN npm run -s build && mkdir /explorer \
  && cp --parents node_modules/graphiql/graphiql.min.js node_modules/graphiql/graphiql.min.css \
       node_modules/react/umd/react.production.min.js node_modules/react-dom/umd/react-dom.production.min.js /explorer \
  && npm prune --omit=dev && cp -r /explorer/node_modules/. node_modules/

FROM node:20.20-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4000 DATA_FOLDER=/data
RUN mkdir /data && chown node:node /data
COPY --from=build --chown=node:node /app /app
USER node
EXPOSE 4000
VOLUME /data
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:4000/healthz').then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# npm puts the pinned Node of node_modules/.bin first, whatever the image brings.
CMD ["npm", "run", "-s", "serve"]

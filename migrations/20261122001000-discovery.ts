import { defineMigration } from '../src/platform/migration.js';

const walking = `
create table walk_network (
  city char(6) not null references city_setting (city),
  source text not null,
  version int not null,
  content_sha256 char(64) not null,
  min_longitude float8 not null,
  max_longitude float8 not null,
  min_latitude float8 not null,
  max_latitude float8 not null,
  edge_count int not null check (edge_count > 0),
  total_metres float8 not null,
  imported_at timestamptz not null,
  imported_by text not null,
  primary key (city, source)
);

-- A node is its place to seven decimals: ways that share a coordinate meet there, across sources too. An edge is
-- stored once, from the western end (the southern where equal), in the tile of that end; it is walked both ways.
create table walk_edge (
  city char(6) not null,
  source text not null,
  tile_x int not null,
  tile_y int not null,
  from_longitude_e7 int not null,
  from_latitude_e7 int not null,
  to_longitude_e7 int not null,
  to_latitude_e7 int not null,
  length_metres float8 not null check (length_metres > 0),
  primary key (city, source, tile_x, tile_y, from_longitude_e7, from_latitude_e7, to_longitude_e7, to_latitude_e7),
  foreign key (city, source) references walk_network (city, source),
  check ((from_longitude_e7, from_latitude_e7) < (to_longitude_e7, to_latitude_e7))
);
`;

export const discovery = defineMigration('20261122001000-discovery', [walking], ['drop table walk_edge, walk_network']);

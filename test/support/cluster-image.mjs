/**
 * The whole state of an open embedded cluster, to go back to: the engine's memory, its stack pointer, and its files with
 * the descriptors open on them. Going back is exact, whatever was done in between (tables, sessions, locks, half a
 * message of the protocol), because PostgreSQL keeps nothing anywhere else; what a statement would have to find and undo
 * one by one is simply no longer there. It costs two copies instead of a start.
 *
 * Two things cannot be taken back, and spoil the image: a library that was loaded meanwhile, of which the loader outside
 * the memory knows, and a changed file among those of the installation, which are too large to copy.
 */
export class ClusterImage {
  #module;
  #table;
  #tableLength;
  #memory;
  #stackPointer;
  #nameTable;
  #streams;
  #nodes;

  /** `table` is the engine's function table, which grows when a library is loaded. */
  constructor(pglite, table) {
    this.#module = pglite.Module;
    this.#table = table;
    this.#tableLength = table.length;
    this.#memory = this.#module.HEAPU8.slice();
    this.#stackPointer = this.#module.___stack_pointer.value;
    const { FS } = this.#module;
    this.#nameTable = [...FS.nameTable];
    this.#streams = FS.streams.map(stream => stream && { stream, own: { ...stream }, shared: { ...stream.shared } });
    this.#nodes = nodesOf(FS).map(node => rememberNode(FS, node));
  }

  /** Puts the state back, or returns why that is impossible. */
  restore() {
    if (this.#table.length !== this.#tableLength) return 'a library was loaded into the engine';
    const changed = this.#nodes.find(one => one.installed && (one.node.contents !== one.own.contents || one.node.mtime !== one.own.mtime));
    if (changed) return `the installed file '${changed.own.name}' was changed`;
    const { FS, HEAPU8 } = this.#module;
    HEAPU8.set(this.#memory);
    HEAPU8.fill(0, this.#memory.length);
    this.#module.___stack_pointer.value = this.#stackPointer;
    FS.nameTable.splice(0, Infinity, ...this.#nameTable);
    for (const { node, own, entries, bytes } of this.#nodes) {
      Object.assign(node, own);
      if (entries) node.contents = { ...entries };
      if (bytes) node.contents.set(bytes);
    }
    FS.streams.splice(0, Infinity, ...this.#streams.map(one => one && Object.assign(one.stream, one.own, { shared: Object.assign(one.own.shared, one.shared) })));
    return null;
  }
}

/** Every node that a path or an open descriptor leads to, a file that is open but unlinked among them. */
function nodesOf(FS) {
  const nodes = new Set([FS.root]);
  for (let node of FS.nameTable) for (; node; node = node.name_next) nodes.add(node);
  for (const stream of FS.streams) if (stream?.node) nodes.add(stream.node);
  return [...nodes];
}

function rememberNode(FS, node) {
  const own = { ...node };
  if (FS.isDir(node.mode)) return { node, own, entries: node.contents && { ...node.contents } };
  const installed = FS.isFile(node.mode) && /^\/pglite\/(?!data\/)/.test(FS.getPath(node));
  return { node, own, installed, bytes: installed ? undefined : node.contents?.slice() };
}

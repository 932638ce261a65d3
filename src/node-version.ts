const NEEDED = 26;

/** Stops at once on a Node that lacks what the code uses, and says what to do. */
export function refuseOldNode(): void {
  const major = Number.parseInt(process.versions.node, 10);
  if (major >= NEEDED) return;
  process.stderr.write(
    `潮位需要 Node ${NEEDED}，当前为 ${process.versions.node}。请用 npm start（依赖中自带 Node ${NEEDED}）。\n` +
      `Chaowei needs Node ${NEEDED}; this is ${process.versions.node}. Use \`npm start\`: the dependencies bring Node ${NEEDED} along.\n`,
  );
  process.exit(1);
}

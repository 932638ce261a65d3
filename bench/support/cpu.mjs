import { readdirSync, readFileSync } from 'node:fs';

// Linux counts in hundredths of a second on every machine that Node runs on.
const TICK_MS = 10;

function statOf(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    // It has ended between the listing and the reading; its time is in its parent's.
    return null;
  }
}

/** CPU milliseconds that a process has used; null where the system does not tell. */
export function cpuOf(pid) {
  const stat = statOf(pid);
  return stat === null ? null : (Number(stat[11]) + Number(stat[12])) * TICK_MS;
}

/** CPU milliseconds of a process, its children that live and those that have ended. */
export function cpuOfTree(pid) {
  const stat = pid === null ? null : statOf(pid);
  if (stat === null) return null;
  const children = readdirSync('/proc').filter(name => /^\d+$/.test(name) && statOf(name)?.[1] === String(pid));
  const ownMs = (Number(stat[11]) + Number(stat[12]) + Number(stat[13]) + Number(stat[14])) * TICK_MS;
  return children.reduce((sum, child) => sum + (cpuOf(child) ?? 0), ownMs);
}

/** Bytes of memory that a process holds; null where the system does not tell. */
export function memoryOf(pid) {
  try {
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1_024;
  } catch {
    // Neither has every system such a file, nor every process lived to be asked.
    return null;
  }
}

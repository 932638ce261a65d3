export const write = line => process.stdout.write(`${line}\n`);

export const median = values => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

export const shown = (value, digits = 2) => (value === null || value === undefined || Number.isNaN(value) ? '—' : value.toFixed(digits));

/** A line that says whether a bar is met; what was not measured misses it. */
export function verdict(what, value, bar, bound) {
  const passes = bound === 'least' ? value >= bar : value <= bar;
  return { passes, isMeasured: Number.isFinite(value), line: `${passes ? 'PASS' : 'FAIL'}  ${what}: ${shown(value)} (bar: at ${bound} ${bar})` };
}

/** The median of one round's ratios: what shares a machine compares only within a round. */
export function ratioOfRounds(results, ours, theirs, pick) {
  return median(results.filter(ours).flatMap(row => {
    const other = results.find(each => each.round === row.round && theirs(each));
    return other ? [pick(row) / pick(other)] : [];
  }));
}

/** The share of a sorted list below which the given part of it lies. */
export const quantile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? null;

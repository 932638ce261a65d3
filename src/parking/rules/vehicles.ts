import { counted, done, isRefusal, plates, problem, refuse, type Outcome, type Plate, type PlateColour, type Problem } from '../../kernel/index.js';

/** A plate as it is given. */
export interface GivenPlate {
  readonly number: string;
  readonly colour?: PlateColour | null;
}

/** A family has more cars than spaces; a gate that lets in whoever is named must not be given a fleet. */
const PLATES_A_SPACE = 5;
const MOST_PLATES = 60;

/** Why so many plates are too few or too many for so many spaces; null where they are not. */
export function platesProblem(count: number, spaces: number): Problem | null {
  const most = Math.min(PLATES_A_SPACE * spaces, MOST_PLATES);
  if (count >= 1 && count <= most) return null;
  return problem('PLATES_OUT_OF_RANGE', { zh: `${spaces} 个泊位可登记 1–${most} 个号牌，收到 ${count} 个`, en: `1 to ${counted(most, 'plate')} for ${counted(spaces, 'space')}, got ${count}`, field: 'plates', data: { most } });
}

/** Vehicles as they are given: motor vehicles with a plate that the gate can read, each once (0-3, I2). How many there may be is asked where the spaces are known. */
export function checkVehicles(given: readonly GivenPlate[]): Outcome<readonly Plate[]> {
  if (given.length > MOST_PLATES) return refuse(problem('PLATES_OUT_OF_RANGE', { zh: `至多可登记 ${MOST_PLATES} 个号牌，收到 ${given.length} 个`, en: `${MOST_PLATES} plates at most, got ${given.length}`, field: 'plates', data: { most: MOST_PLATES } }));
  const problems: Problem[] = [];
  const seen = new Map<string, Plate>();
  given.forEach(({ number, colour }, index) => {
    const field = `plates[${index}].number`;
    const read = plates.parsePlate(number, { colour: colour ?? undefined, field });
    if (isRefusal(read)) return void problems.push(...read.problems);
    const identity = plates.plateIdentity(read.value);
    if (identity === null) return void problems.push(problem('PLATE_NEEDED', { zh: '无牌车辆无法凭号牌入场，不能预约', en: 'a vehicle without a plate cannot be recognised at the gate', field }));
    if (seen.has(identity)) return void problems.push(problem('PLATE_TWICE', { zh: `号牌 ${plates.maskPlate(read.value.number)} 重复`, en: `the plate ${plates.maskPlate(read.value.number)} is given twice`, field }));
    seen.set(identity, read.value);
  });
  return problems.length > 0 ? refuse(problems) : done([...seen.values()]);
}

import fc from 'fast-check';

// One seed for every property, so that a run can be repeated to the letter; PROPERTY_SEED draws other cases.
fc.configureGlobal({ seed: Number(process.env.PROPERTY_SEED ?? 20_220_719) });

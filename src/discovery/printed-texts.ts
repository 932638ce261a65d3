import type { TextMemo } from '../platform/graphql/index.js';
import type { SearchedFacility } from './search-rows.js';

/** Characters of printed facilities that a process keeps, over all selections. */
const KEPT_CHARACTERS = 64_000_000;

// All texts are forgotten at once when there are too many: an order of use would cost more at every hit than printing
// anew costs then.
let kept = new Map<symbol, Map<SearchedFacility, string>>();
let characters = 0;

/** What one selection shows of each facility. Found by the kept facility itself, which is one version: no text outlives it in use. */
export function printedTexts(): TextMemo {
  const selection = Symbol('selection');
  return {
    get: (facility: SearchedFacility) => kept.get(selection)?.get(facility),
    set(facility: SearchedFacility, text) {
      // What is shown of a restricted facility depends on who looks.
      if (facility.isRestricted) return;
      if (characters + text.length > KEPT_CHARACTERS) {
        kept = new Map();
        characters = 0;
      }
      const texts = kept.get(selection) ?? new Map<SearchedFacility, string>();
      // In one piece: as it was written it is a tree of pieces, to be walked again in every answer that holds it.
      kept.set(selection, texts.set(facility, Buffer.from(text).toString()));
      characters += text.length;
    },
  };
}

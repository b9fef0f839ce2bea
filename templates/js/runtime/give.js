import { journal } from './attempt.js'; //: Attempt
import { rep } from './rep.js';
import { repOf } from './repOf.js';

/** Takes the resource out of its object, which is of no use afterwards. */
export const give = (value, Class, registry, where) => {
  const found = repOf(value, Class, where);
  value[rep] = undefined;
  registry?.unregister(value);
  journal?.push(() => { //: Attempt
    value[rep] = found; //: Attempt
    registry?.register(value, found, value); //: Attempt
  }); //: Attempt
  return found;
};

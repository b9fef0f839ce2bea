import { journal } from './attempt.js'; //: Attempt
import { trap } from './trap.js';

/** The handles of one instance: indices count from 1, the last one freed is the next one given. */
export class Handles {
  entries = [null];
  free = [];
  /** How many are lent to the call at hand, and what it lends. */
  call = { borrows: 0 }; //: LendTo Settle
  lent = []; //: LendOut GiveBack

  add(type, value, own) {
    const index = this.free.pop() ?? this.entries.length;
    this.entries[index] = { type, value, own };
    this.entries[index].lends = 0; //: LendOut Borrows
    this.entries[index].call = this.call; //: LendTo Settle
    journal?.push(() => this.remove(index, type)); //: Attempt
    return index;
  }

  get(index, type) {
    const entry = this.entries[index >>> 0] ?? trap(`unknown handle index ${index >>> 0}`);
    if (entry.type !== type) { //: Types
      const { kind } = entry.type; //: Types
      const found = kind === type.kind ? `a different ${kind}` : kind; //: Types
      const handle = `handle index ${index >>> 0}`; //: Types
      trap(`${handle} used with the wrong type, expected ${type.kind} but found ${found}`); //: Types
    } //: Types
    return entry;
  }

  /** Takes out what may be dropped. */
  remove(index, type) {
    const entry = this.get(index, type);
    if (entry.lends) trap('cannot remove owned resource while borrowed'); //: LendOut Borrows
    this.entries[index >>> 0] = null;
    this.free.push(index >>> 0);
    if (!entry.own) entry.call.borrows--; //: LendTo Settle
    return entry;
  }
}

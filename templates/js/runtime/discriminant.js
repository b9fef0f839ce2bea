import { trap } from './trap.js';

/** A case that passes from part to part. */
export const discriminant = (tag, count) => (tag >>> 0 < count ? tag : trap('invalid variant discriminant'));

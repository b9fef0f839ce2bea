import { deeper } from './deeper.js';

/** Lowers a member that has members itself. */
export const inside = (member, lower, value, ptr) => {
  try {
    return lower(value, ptr);
  } catch (error) {
    throw deeper(error, member);
  }
};

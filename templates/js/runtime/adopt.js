import { rep } from './rep.js';

/** An object of a class for a resource that the component made. */
export const adopt = (Class, value, registry) => {
  const object = Object.create(Class.prototype);
  object[rep] = value;
  registry?.register(object, value, object);
  return object;
};

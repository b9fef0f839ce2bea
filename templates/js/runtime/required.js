export const required = (from, name, at, type = 'function') => {
  const found = from?.[name];
  if (found === undefined) throw new TypeError(`the import \`${at}\` is missing`);
  if (typeof found !== type) throw new TypeError(`the import \`${at}\` is no ${type}`);
  return found;
};

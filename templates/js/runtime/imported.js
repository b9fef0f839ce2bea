export const imported = (imports, id) => {
  const bare = id.split('@')[0];
  const found = imports?.[id] ?? imports?.[bare];
  if (found === undefined) {
    const other = Object.keys(imports ?? {}).find((key) => key.startsWith(`${bare}@`));
    throw new TypeError(`the import \`${id}\` is missing${other ? `, and \`${other}\` is another version` : ''}`);
  }
  return found;
};

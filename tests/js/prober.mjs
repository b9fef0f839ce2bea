// Runs a program: node prober.mjs MODULE WASI FOLDER ARGS..
// WASI is where `cli` and `filesystem` are. The program sees the folders `work` (as `/work`, too) and `other` of
// FOLDER, or, if it is `memory`, folders in memory.
const [module, wasi, folder, ...args] = process.argv.slice(2);
const extension = wasi.startsWith('.') ? '.js' : '';
const { _setArgs, _setEnv } = await import(`${wasi}/cli${extension}`);
_setArgs(['prober', ...args]);
_setEnv({ GREETING: 'salve' });
try {
  const { _setPreopens } = await import(`${wasi}/filesystem${extension}`);
  const files = { 'note.txt': 'a note' };
  const work = `${folder}/work`;
  if (folder === 'memory') _setPreopens({ work: files, other: {}, '/work': files });
  else _setPreopens({ work, other: `${folder}/other`, '/work': work });
} catch (error) {
  // A program without files has no such module.
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
}
const { run } = await import(module);
run.run();

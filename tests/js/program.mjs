// Runs a program: node program.mjs MODULE WASI FOLDER ARGS..
// WASI is where `cli` and `filesystem` are, FOLDER what the program sees as `work`.
const [module, cli, filesystem, folder, ...args] = process.argv.slice(2);
const { _setArgs, _setEnv } = await import(cli);
const { _setPreopens } = await import(filesystem);
_setArgs(['program', ...args]);
_setEnv({ GREETING: 'salve' });
_setPreopens({ work: folder });
const { run } = await import(module);
run.run();

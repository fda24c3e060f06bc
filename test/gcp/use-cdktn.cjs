/** Loaded before a program: has every `cdktf`, also that of the google bindings, be `cdktn`, as the alias of a package manager does. */
const Module = require('node:module');

const resolve = Module._resolveFilename;
Module._resolveFilename = function (request, ...rest) {
  return resolve.call(this, request.replace(/^cdktf(?=$|\/)/, 'cdktn'), ...rest);
};

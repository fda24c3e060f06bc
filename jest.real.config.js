/** The real suites (`*.real.test.ts`): a real Envoy, real clients, namespaces. Run by scripts/test.mjs; two at once, since they mostly wait. */
module.exports = {
  ...require('./jest.config.js'),
  testMatch: ['**/*.real.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  testTimeout: 120000,
  maxWorkers: 2,
};

import tseslint from 'typescript-eslint';

/** Layers that are pure. test/unit/layers.test.ts holds the whole table. */
const outside = { policy: ['node:*'], envoy: ['node:*'], clients: ['node:*'], proof: ['node:*'] };

export default tseslint.config(
  { ignores: ['dist/', '.cache/', 'cdk.out/', 'cdktf.out/', 'node_modules/'] },
  ...tseslint.configs.recommended,
  {
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      eqeqeq: ['error', 'smart'],
    },
  },
  ...Object.entries(outside).map(([layer, patterns]) => ({
    files: [`lib/${layer}/**/*.ts`],
    rules: { 'no-restricted-imports': ['error', { patterns }] },
  })),
  { files: ['*.config.js', '**/*.cjs', 'scripts/**'], rules: { '@typescript-eslint/no-require-imports': 'off' } },
);

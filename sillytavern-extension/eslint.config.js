import js from '@eslint/js';
import globals from 'globals';

export default [
  { ignores: ['node_modules/', 'e2e/out/'] },
  js.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    languageOptions: { ecmaVersion: 2023, sourceType: 'module' },
    rules: {
      eqeqeq: 'error',
      'no-console': ['error', { allow: ['warn', 'error', 'debug', 'log'] }],
      'no-var': 'error',
      'prefer-const': 'error',
      'max-lines': ['error', 400],
    },
  },
  {
    files: ['extension/**'],
    languageOptions: {
      globals: { ...globals.browser, SillyTavern: 'readonly', toastr: 'readonly' },
    },
  },
  {
    files: ['plugin/**', 'test/**', 'eslint.config.js'],
    languageOptions: { globals: globals.nodeBuiltin },
  },
  {
    // Functions passed to page.evaluate() run in the browser.
    files: ['e2e/**'],
    languageOptions: {
      globals: { ...globals.nodeBuiltin, ...globals.browser, SillyTavern: 'readonly' },
    },
  },
];

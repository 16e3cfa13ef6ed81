/** Colours, pixel fonts and layers are named in src-renderer/styles; components use the names. */
export default {
  plugins: ['stylelint-declaration-strict-value'],
  overrides: [
    { files: ['**/*.svelte'], customSyntax: 'postcss-html' },
    {
      files: ['src-renderer/styles/*.css'],
      rules: { 'scale-unlimited/declaration-strict-value': null },
    },
  ],
  rules: {
    'scale-unlimited/declaration-strict-value': [
      ['/color$/', 'fill', 'stroke', 'background', 'font-size', 'z-index'],
      {
        ignoreValues: ['transparent', 'inherit', 'currentcolor', 'currentColor', 'none', 'unset', 'initial', '0'],
        disableFix: true,
      },
    ],
  },
}

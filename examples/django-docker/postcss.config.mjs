export default {
  plugins: {
    "@tailwindcss/postcss": { optimize: false }, // cssnano does that
    cssnano: { preset: "default" },
  },
};

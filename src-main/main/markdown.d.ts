/** Vite puts the text of the file into the bundle. */
declare module '*.md?raw' {
  const text: string
  export default text
}

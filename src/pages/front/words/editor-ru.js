/** What CodeMirror says itself, in Russian. */
export default {
  'Completions': 'Варианты',
  'Control character': 'Управляющий символ',
  'No diagnostics': 'Ошибок нет',
  'Diagnostics': 'Ошибки',
}

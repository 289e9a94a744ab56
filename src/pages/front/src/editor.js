/**
 * The editor of queries: CodeMirror in a shadow root. There its styles are constructed sheets, which a policy of
 * `style-src 'self'` allows without a nonce, so that pages can be kept and the static site has the same policy.
 */

import { acceptCompletion, autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { HighlightStyle, StreamLanguage, bracketMatching, indentOnInput, syntaxHighlighting } from '@codemirror/language'
import { sparql } from '@codemirror/legacy-modes/mode/sparql'
import { setDiagnostics } from '@codemirror/lint'
import { EditorState, Prec } from '@codemirror/state'
import { EditorView, drawSelection, highlightSpecialChars, keymap, lineNumbers, placeholder } from '@codemirror/view'
import { tags } from '@lezer/highlight'

/** Colours come from the page's style sheet: custom properties reach into a shadow root. */
const colours = HighlightStyle.define([
  { tag: tags.keyword, color: 'var(--code-keyword)', fontWeight: '600' },
  { tag: [tags.variableName, tags.special(tags.variableName)], color: 'var(--code-variable)' },
  { tag: tags.standard(tags.variableName), color: 'var(--code-keyword)' },
  { tag: tags.atom, color: 'var(--code-name)' },
  { tag: [tags.string, tags.number, tags.literal], color: 'var(--code-string)' },
  { tag: tags.comment, color: 'var(--quiet)', fontStyle: 'italic' },
  { tag: [tags.operator, tags.meta], color: 'var(--quiet)' },
])

const theme = EditorView.theme({
  '&': { color: 'var(--text)', backgroundColor: 'var(--background)', fontSize: '0.9375rem', height: '100%' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.5' },
  '.cm-content': { caretColor: 'var(--text)', padding: '8px 0' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'var(--selection)' },
  '.cm-gutters': { backgroundColor: 'var(--raised)', color: 'var(--quiet)', border: 'none', borderRight: '1px solid var(--line)' },
  '.cm-lineNumbers .cm-gutterElement': { padding: '0 8px' },
  '.cm-placeholder': { color: 'var(--quiet)' },
  '.cm-matchingBracket, &.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--selection)', outline: 'none' },
  '.cm-tooltip': { backgroundColor: 'var(--background)', color: 'var(--text)', border: '1px solid var(--line)', borderRadius: '6px', overflow: 'hidden' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--sans)', maxHeight: '20em', minWidth: '20em', maxWidth: 'min(44em, 92vw)' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '3px 8px', lineHeight: '1.45', display: 'flex', alignItems: 'baseline', gap: '0.5em' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { backgroundColor: 'var(--accent)', color: 'var(--background)' },
  '.cm-tooltip-autocomplete ul li[aria-selected] .cm-completionDetail': { color: 'inherit' },
  '.cm-completionLabel': { flex: '1 0 auto', maxWidth: '65%', overflow: 'hidden', textOverflow: 'ellipsis' },
  '.cm-completionDetail': { marginLeft: '1em', flex: '0 1 auto', minWidth: '0', overflow: 'hidden', textOverflow: 'ellipsis', fontStyle: 'normal', color: 'var(--quiet)', fontSize: '0.8125rem', whiteSpace: 'nowrap' },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '600' },
  '.cm-diagnostic': { fontFamily: 'var(--sans)', whiteSpace: 'pre-wrap', padding: '6px 10px' },
  '.cm-diagnostic-error': { borderLeft: '4px solid var(--disputed)' },
  // CodeMirror's own mark is an image of its own, which the policy of the page forbids.
  '.cm-lintRange-error': { backgroundImage: 'none', textDecoration: 'underline wavy var(--disputed) 1.5px', textUnderlineOffset: '3px' },
})

/**
 * @param {{
 *   text: string,
 *   label: string,
 *   hint: string,
 *   complete: import('@codemirror/autocomplete').CompletionSource,
 *   changed: (text: string) => void,
 *   moved: (at: number) => void,
 *   run: () => void,
 *   format: () => void,
 *   phrases: Record<string, string>,
 * }} options
 */
export function editor({ text, label, hint, complete, changed, moved, run, format, phrases }) {
  const host = document.createElement('div')
  host.className = 'editor'
  const root = host.attachShadow({ mode: 'open' })
  const mount = document.createElement('div')
  root.append(mount)
  mount.style.height = '100%'
  const command = (/** @type {() => void} */ what) => () => {
    what()
    return true
  }
  const view = new EditorView({
    root,
    parent: mount,
    state: EditorState.create({
      doc: text,
      extensions: [
        Prec.highest(keymap.of([
          { key: 'Mod-Enter', run: command(run) },
          { key: 'Shift-Alt-f', run: command(format) },
        ])),
        lineNumbers(),
        highlightSpecialChars(),
        history(),
        drawSelection(),
        indentOnInput(),
        bracketMatching(),
        closeBrackets(),
        EditorView.lineWrapping,
        StreamLanguage.define(sparql),
        syntaxHighlighting(colours),
        autocompletion({ override: [complete], activateOnTypingDelay: 80, maxRenderedOptions: 60, icons: false }),
        keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, ...completionKeymap, { key: 'Tab', run: acceptCompletion }]),
        placeholder(hint),
        EditorView.contentAttributes.of({ 'aria-label': label, autocapitalize: 'off', autocorrect: 'off' }),
        EditorState.phrases.of(phrases),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) changed(update.state.doc.toString())
          if (update.selectionSet || update.docChanged) moved(update.state.selection.main.head)
        }),
        theme,
      ],
    }),
  })
  return {
    host,
    view,
    text: () => view.state.doc.toString(),
    /** @param {string} next */
    replace(next) {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: next }, selection: { anchor: 0 } })
    },
    /** @param {import('@codemirror/lint').Diagnostic[]} diagnostics */
    mark(diagnostics) {
      view.dispatch(setDiagnostics(view.state, diagnostics))
    },
    focus: () => view.focus(),
    /** @param {number} from @param {number} to */
    select(from, to) {
      view.dispatch({ selection: { anchor: from, head: to }, scrollIntoView: true })
    },
  }
}

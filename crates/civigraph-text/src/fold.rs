//! Words of a text in one spelling: what people write differently and mean alike is made equal.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The most characters of a word that are looked at.
const LONGEST: usize = 64;

/// The most words of one text that are indexed.
const MOST: usize = 10_000;

/// The words of a text: lower case, `ё` as `е`, without accents, split at all that is neither a
/// letter nor a digit.
///
/// Hyphens, dashes, quotation marks and spaces of every kind thus make no difference. Apostrophes
/// and soft hyphens are left out, since they are inside words.
pub fn words(text: &str) -> Vec<String> {
    let mut words = WordSplitter::default();
    for c in text.chars() {
        match c {
            // Nearly all there is, without tables.
            'a'..='z' | '0'..='9' | 'а'..='я' => words.letter(c),
            'A'..='Z' => words.letter(c.to_ascii_lowercase()),
            'А'..='Я' => c.to_lowercase().for_each(|c| words.letter(c)),
            'ё' | 'Ё' => words.letter('е'),
            // `№` would become the letters `No`.
            ' ' | '№' => words.end(),
            _ => std::iter::once(c)
                .nfkd()
                .flat_map(char::to_lowercase)
                .for_each(|c| words.any(c)),
        }
    }
    words.end();
    words.done
}

/// The words so far.
#[derive(Default)]
struct WordSplitter {
    done: Vec<String>,
    word: String,
    length: usize,
}

impl WordSplitter {
    fn any(&mut self, c: char) {
        if is_combining_mark(c) {
            // The breve makes a letter of its own; the dots of `ё` and all accents go.
            if c == '\u{306}' && self.word.ends_with('и') {
                self.word.pop();
                self.word.push('й');
            }
        } else if let Some(letters) = plain(c) {
            letters.chars().for_each(|c| self.letter(c));
        } else if c.is_alphanumeric() {
            self.letter(c);
        } else if !joins(c) {
            self.end();
        }
    }

    fn letter(&mut self, c: char) {
        if self.length < LONGEST && self.done.len() < MOST {
            self.word.push(c);
            self.length += 1;
        }
    }

    fn end(&mut self) {
        if !self.word.is_empty() {
            self.done.push(std::mem::take(&mut self.word));
            self.length = 0;
        }
    }
}

/// Whether a character is inside of words and is left out by many.
fn joins(c: char) -> bool {
    matches!(
        c,
        '\'' | '’' | '‘' | 'ʼ' | '`' | 'ʹ' | '′' | '\u{ad}' | '\u{200b}'
            ..='\u{200d}' | '\u{2060}' | '\u{feff}'
    )
}

/// Plain letters for those that decomposition leaves alone.
fn plain(c: char) -> Option<&'static str> {
    Some(match c {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'þ' => "th",
        'ı' => "i",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_text_have_the_same_words() {
        for (text, expected) in [
            ("Железногорск", "железногорск"),
            ("Орёл", "орел"),
            ("Оре\u{308}л", "орел"),
            ("Йошкар-Ола", "йошкар ола"),
            ("И\u{306}ошкар‑Ола", "йошкар ола"),
            ("Ростов\u{a0}на — Дону", "ростов на дону"),
            ("«Города» „России“ \"2020\"", "города россии 2020"),
            ("О’Брайен, O'Brien", "обрайен obrien"),
            ("Café Łódź Straße", "cafe lodz strasse"),
            ("за\u{301}мок", "замок"),
            ("школа №5", "школа 5"),
            ("Ａ１ м²", "a1 м2"),
            ("сло\u{ad}во", "слово"),
            (" «» — ", ""),
            ("", ""),
        ] {
            assert_eq!(words(text).join(" "), expected, "{text}");
        }
    }

    #[test]
    fn long_words_and_texts_are_cut() {
        assert_eq!(words(&"я".repeat(1_000))[0].chars().count(), LONGEST);
        assert_eq!(words(&"я ".repeat(MOST + 5)).len(), MOST);
    }
}

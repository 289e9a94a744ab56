//! Cyrillic in Latin letters, and one spelling for the many ways to transliterate a name.

/// Latin letters for a lower-case Cyrillic letter; `None` for other characters.
///
/// The letters are those of the "Wikipedia" scheme (`ж` is `zh`, `х` is `kh`, `щ` is `shch`); its
/// rules about neighbours are left to [`key`], which has to accept other schemes as well.
pub fn letters(c: char) -> Option<&'static str> {
    Some(match c {
        'а' => "a",
        'б' => "b",
        'в' => "v",
        'г' | 'ґ' => "g",
        'д' => "d",
        'е' | 'э' | 'є' => "e",
        'ё' => "yo",
        'ж' => "zh",
        'з' => "z",
        'и' | 'і' | 'ї' => "i",
        'й' | 'ы' => "y",
        'к' => "k",
        'л' => "l",
        'м' => "m",
        'н' => "n",
        'о' => "o",
        'п' => "p",
        'р' => "r",
        'с' => "s",
        'т' => "t",
        'у' | 'ў' => "u",
        'ф' => "f",
        'х' => "kh",
        'ц' => "ts",
        'ч' => "ch",
        'ш' => "sh",
        'щ' => "shch",
        'ъ' | 'ь' => "",
        'ю' => "yu",
        'я' => "ya",
        _ => return None,
    })
}

/// One key for the spellings of a folded word in both scripts: `железногорск` and `zheleznogorsk`,
/// but also `yekaterinburg` and `ekaterinburg`, `solovyov` and `soloviev`, `iuliia` and `yuliya`.
///
/// Keys are to be compared, not shown.
pub fn key(word: &str) -> String {
    let mut latin = String::with_capacity(word.len());
    for c in word.chars() {
        match letters(c) {
            Some(letters) => latin.push_str(letters),
            None => latin.push(c),
        }
    }
    loose(&latin)
}

/// The key of what has been typed of a word: one that keys of all its continuations start with.
pub fn prefix(word: &str) -> String {
    let mut key = key(word);
    // What becomes of an `i` depends on the letter that comes next.
    key.truncate(key.trim_end_matches(['i', 'y']).len());
    key
}

/// Latin letters without the differences between schemes of transliteration.
fn loose(latin: &str) -> String {
    let mut key = String::with_capacity(latin.len() + 4);
    let mut letters = latin.chars().peekable();
    while let Some(c) = letters.next() {
        match c {
            'i' | 'j' | 'y' => {
                while matches!(letters.peek(), Some('i' | 'j' | 'y')) {
                    letters.next();
                }
                match letters.peek() {
                    // `ye`, `ie` and `yo`, `io` stand for `е` and `ё`.
                    Some('e') => {}
                    Some('o') => {
                        letters.next();
                        key.push('e');
                    }
                    Some('a' | 'u') => key.push('y'),
                    _ => key.push('i'),
                }
            }
            'x' => key.push_str("ks"),
            // `Mihail` and `Mikhail`.
            'h' if !key.ends_with(['s', 'z', 'c', 'k']) => key.push_str("kh"),
            _ => key.push(c),
        }
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold::words;

    #[test]
    fn spellings_in_both_scripts_have_one_key() {
        for spellings in [
            &["Железногорск", "Zheleznogorsk", "zheleznogorsk"][..],
            &["Екатеринбург", "Yekaterinburg", "Ekaterinburg"],
            &[
                "Достоевский",
                "Dostoyevsky",
                "Dostoevskiy",
                "Dostoevskii",
                "Dostoevskij",
            ],
            &[
                "Соловьёв",
                "Соловьев",
                "Solovyov",
                "Soloviev",
                "Solovyev",
                "Solov'ev",
            ],
            &["Юлия", "Yuliya", "Yulia", "Iuliia", "Julija"],
            &["Михаил", "Mikhail", "Mihail"],
            &["Александр", "Aleksandr", "Alexandr"],
            &["Щёлково", "Shchyolkovo", "Shchelkovo"],
            &["Крым", "Krym"],
        ] {
            let keys: Vec<String> = spellings.iter().map(|name| key(&words(name)[0])).collect();
            assert!(
                keys.iter().all(|key| *key == keys[0]),
                "{spellings:?} {keys:?}"
            );
        }
    }

    #[test]
    fn keys_start_with_what_was_typed() {
        for word in [
            "мария",
            "mariya",
            "дмитрий",
            "юлия",
            "александр",
            "щелково",
            "alexey",
        ] {
            let ends = word.char_indices().map(|(at, c)| at + c.len_utf8());
            for end in ends {
                let typed = &word[..end];
                assert!(key(word).starts_with(&prefix(typed)), "{typed} {word}");
            }
        }
    }
}

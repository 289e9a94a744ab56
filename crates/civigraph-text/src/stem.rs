//! Stems of words.

use frostem::{Algorithm, Stemmer};

/// The stem of a folded word: Russian if it is in Cyrillic letters, else English.
///
/// The script decides, not the language tag, since a query has none.
pub fn stem(word: &str) -> String {
    let algorithm = if word.chars().any(|c| ('а'..='я').contains(&c)) {
        Algorithm::Russian
    } else {
        Algorithm::English
    };
    Stemmer::new(algorithm).stem(word).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_word_have_one_stem() {
        for forms in [
            &["город", "города", "городами"][..],
            &["железногорск", "железногорска", "железногорске"],
            &["city", "cities"],
            &["museum", "museums"],
            &["2020"],
            &["ак47"],
        ] {
            let stems: Vec<String> = forms.iter().map(|word| stem(word)).collect();
            assert!(
                stems.iter().all(|stem| *stem == stems[0]),
                "{forms:?} {stems:?}"
            );
        }
    }
}

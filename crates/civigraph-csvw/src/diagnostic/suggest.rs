//! Did-you-mean: the nearest of the names that exist.

use crate::characters;

/// The candidate nearest to `word`, where one is near enough to be a slip of the keyboard.
///
/// Near enough is one edit in three characters, case aside; of equally near ones the first wins. Numbers
/// are near to none, for each of them is as good as the next, and no word is a slip of itself.
///
/// ```
/// use civigraph_csvw::diagnostic::suggest::nearest;
///
/// assert_eq!(nearest("datatyp", ["name", "datatype"]), Some("datatype"));
/// assert_eq!(nearest("colour", ["name", "datatype"]), None);
/// assert_eq!(nearest("1", ["9"]), None);
/// ```
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let written = word;
    let word = fold(word);
    let length = word.chars().count();
    // Words are short; a pasted paragraph is not a slip of the keyboard.
    if length == 0 || length > 100 || !word.contains(char::is_alphabetic) {
        return None;
    }
    let limit = (length / 3).max(1);
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates.into_iter().filter(|it| *it != written) {
        let folded = fold(candidate);
        let other = folded.chars().count();
        if other.abs_diff(length) > limit {
            continue;
        }
        let distance = strsim::damerau_levenshtein(&word, &folded);
        // One letter for another in a word of one or two letters is another word, and so is a name with
        // another number.
        let same_enough = distance <= limit
            && (distance == 0 || length > 2)
            && (distance == 0 || !is_other_number(&digits(&word), &digits(&folded)));
        if same_enough && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// The hint for a word that is not among the candidates: `did you mean `x`?`, and in what it differs
/// where both look the same.
pub fn hint<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let mut alike = None;
    let others = candidates.into_iter().inspect(|&candidate| {
        if alike.is_none()
            && let Some(difference) = characters::difference(word, candidate)
        {
            alike = Some((candidate, difference));
        }
    });
    let nearest = nearest(word, others);
    match alike {
        Some((candidate, difference)) => Some(format!(
            "did you mean `{candidate}`? {}",
            capitalised(&difference)
        )),
        None => nearest.map(|candidate| format!("did you mean `{candidate}`?")),
    }
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().into_iter().flat_map(char::to_uppercase);
    first.chain(chars).collect()
}

/// Whether the digits of two words are two numbers, and not one with a digit that was missed.
fn is_other_number(one: &str, other: &str) -> bool {
    one.len() == other.len() && one != other
}

/// The digits of a word.
fn digits(word: &str) -> String {
    word.chars().filter(char::is_ascii_digit).collect()
}

fn fold(word: &str) -> String {
    word.chars()
        .flat_map(char::to_lowercase)
        .map(|c| if c == 'ё' { 'е' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_found_and_other_words_are_not() {
        let names = ["moscow", "Samara", "zato-zheleznogorsk", "Орёл", "id"];
        let check = |word: &str, expected: Option<&str>| {
            assert_eq!(nearest(word, names), expected, "{word}");
        };
        check("moskow", Some("moscow"));
        check("mocsow", Some("moscow"));
        check("samara", Some("Samara"));
        check("zato-zheleznogrsk", Some("zato-zheleznogorsk"));
        check("Орел", Some("Орёл"));
        check("novgorod", None);
        check("xy", None);
        check("ad", None);
        check("ID", Some("id"));
        check("id", None);
        let keys = ["9", "town-12", "1234", "q42"];
        for word in ["1", "1235", "town-13", "q43", "2"] {
            assert_eq!(nearest(word, keys), None, "{word}");
        }
        assert_eq!(nearest("twon-12", keys), Some("town-12"));
        let queries = ["timeline", "session-participants"];
        assert_eq!(
            nearest("sesion-participant", queries),
            Some("session-participants")
        );
        check("", None);
    }

    #[test]
    fn the_first_of_equally_near_ones() {
        assert_eq!(nearest("cat", ["bat", "rat"]), Some("bat"));
        assert_eq!(hint("cat", ["bat"]).as_deref(), Some("did you mean `bat`?"));
    }

    #[test]
    fn what_looks_the_same_is_told_apart() {
        let names = ["New-York", "New York"];
        assert_eq!(
            hint("New\u{a0}York", names).as_deref(),
            Some(
                "did you mean `New York`? They look the same, but here is a no-break space (U+00A0)"
            )
        );
        assert_eq!(
            hint("moskow", ["moscow"]).as_deref(),
            Some("did you mean `moscow`?")
        );
    }
}

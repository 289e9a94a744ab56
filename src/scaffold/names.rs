//! Names of classes, kinds and properties from the names of files and columns.

/// The words of a name: `birthYear`, `birth_year` and `birth-year` are two each.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut after_lower = false;
    for c in name.chars() {
        let starts = c.is_uppercase() && after_lower;
        if (!c.is_alphanumeric() || starts) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        }
        after_lower = c.is_lowercase();
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// The words of a name with spaces between, for labels.
pub(super) fn spoken(name: &str) -> String {
    words(name).join(" ")
}

/// The name of a property: `birthYear`.
pub(super) fn property(name: &str) -> String {
    let mut out = String::new();
    for (index, word) in words(name).iter().enumerate() {
        match index {
            0 => out.push_str(word),
            _ => out.push_str(&capitalised(word)),
        }
    }
    out
}

/// The name of the class of a table's rows: `TownHall` for `town_halls`.
pub(super) fn class(stem: &str) -> String {
    let words = singular_words(stem);
    words.iter().map(|word| capitalised(word)).collect()
}

/// The part of an IRI that says of which kind a thing is: `town-hall` for `town_halls`.
pub(super) fn kind(stem: &str) -> String {
    singular_words(stem).join("-")
}

/// One thing of a table, for labels: `town hall` for `town_halls`.
pub(super) fn thing(stem: &str) -> String {
    singular_words(stem).join(" ")
}

fn singular_words(stem: &str) -> Vec<String> {
    let mut words = words(stem);
    if let Some(last) = words.last_mut() {
        *last = singular(last);
    }
    words
}

/// One of what an English plural names; other words stay as they are.
fn singular(word: &str) -> String {
    let stays = ["ss", "us", "is", "news", "series"];
    if word.len() < 4 || stays.iter().any(|end| word.ends_with(end)) {
        return word.to_owned();
    }
    if let Some(stem) = word.strip_suffix("ies") {
        return format!("{stem}y");
    }
    for end in ["sses", "shes", "ches", "xes"] {
        if let (true, Some(stem)) = (word.ends_with(end), word.strip_suffix("es")) {
            return stem.to_owned();
        }
    }
    word.strip_suffix('s').unwrap_or(word).to_owned()
}

/// A word with a capital at its start.
pub(super) fn capitalised(word: &str) -> String {
    let mut characters = word.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => String::new(),
    }
}

/// A name without the language at its end, `name` of `name_ru`, where that is `language`.
pub(super) fn without_language<'n>(name: &'n str, language: &str) -> &'n str {
    let stem = name.strip_suffix(language);
    let stem = stem.and_then(|stem| stem.strip_suffix(['_', '-']));
    stem.filter(|stem| !stem.is_empty()).unwrap_or(name)
}

/// A name that none of `taken` is, with a number at its end where need be.
pub(super) fn free(name: &str, taken: &[String]) -> String {
    let is_free = |name: &str| taken.iter().all(|other| other != name);
    if is_free(name) {
        return name.to_owned();
    }
    let mut numbered = (2..).map(|number| format!("{name}_{number}"));
    numbered.find(|name| is_free(name)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_and_kinds_are_singular() {
        for (stem, class_name, kind_name) in [
            ("books", "Book", "book"),
            ("libraries", "Library", "library"),
            ("town_halls", "TownHall", "town-hall"),
            ("boxes", "Box", "box"),
            ("Classes", "Class", "class"),
            ("series", "Series", "series"),
            ("bus", "Bus", "bus"),
            ("gas", "Gas", "gas"),
            ("knigi", "Knigi", "knigi"),
        ] {
            assert_eq!(class(stem), class_name);
            assert_eq!(kind(stem), kind_name);
        }
    }

    #[test]
    fn properties_are_in_camel_case() {
        assert_eq!(property("birth_year"), "birthYear");
        assert_eq!(property("birthYear"), "birthYear");
        assert_eq!(property("ISBN"), "isbn");
        assert_eq!(spoken("birthYear"), "birth year");
    }

    #[test]
    fn languages_at_the_end_of_names() {
        assert_eq!(without_language("name_ru", "ru"), "name");
        assert_eq!(without_language("name_ru", "en"), "name_ru");
        assert_eq!(without_language("ru", "ru"), "ru");
        assert_eq!(without_language("guru", "ru"), "guru");
    }
}

//! The languages of the pages: words, numbers and dates as their readers write them.

use super::words::{EN, NounForms, PageWording, RU};

/// A language of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// English.
    English,
    /// Russian.
    Russian,
}

/// A space that lines are not broken at.
const SPACE: char = '\u{a0}';

impl Language {
    /// All of them, the first one where nothing else is asked for.
    pub const ALL: [Self; 2] = [Self::English, Self::Russian];

    /// The language of a code.
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }

    /// The language that an `Accept-Language` header wants most.
    pub fn wanted(accept: &str) -> Self {
        let mut best = (Self::English, 0);
        for range in accept.split(',') {
            let mut parts = range.split(';').map(str::trim);
            let tag = parts.next().unwrap_or_default().to_ascii_lowercase();
            let quality = parts
                .find_map(|part| part.strip_prefix("q="))
                .map_or(1.0, |q| q.parse::<f32>().unwrap_or(0.0));
            let code = tag.split('-').next().unwrap_or_default();
            // Thousandths, so that equal weights are equal.
            let quality = (quality * 1000.0) as u32;
            if let Some(language) = Self::of_code(code)
                && quality > best.1
            {
                best = (language, quality);
            }
        }
        best.0
    }

    /// Its code (BCP 47), also the first part of its paths.
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Russian => "ru",
        }
    }

    /// Its code, as a switch between languages shows it.
    pub fn short(self) -> &'static str {
        match self {
            Self::English => "EN",
            Self::Russian => "RU",
        }
    }

    /// Its name in itself.
    pub fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Russian => "Русский",
        }
    }

    /// The other language.
    pub fn other(self) -> Self {
        match self {
            Self::English => Self::Russian,
            Self::Russian => Self::English,
        }
    }

    /// The words of the pages.
    pub fn words(self) -> &'static PageWording {
        match self {
            Self::English => &EN,
            Self::Russian => &RU,
        }
    }

    /// A whole number with its digits in groups: `16,153`, `16 153`.
    pub fn number(self, number: u64) -> String {
        let digits = number.to_string();
        let mut text = String::with_capacity(digits.len() * 2);
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                text.push(match self {
                    Self::English => ',',
                    Self::Russian => SPACE,
                });
            }
            text.push(digit);
        }
        text
    }

    /// A number with what is counted: `3 triples`, `3 тройки`.
    pub fn count(self, number: u64, forms: &NounForms) -> String {
        format!("{}{SPACE}{}", self.number(number), self.form(number, forms))
    }

    /// The form of a noun that goes with a number.
    pub fn form(self, number: u64, forms: &NounForms) -> &'static str {
        match self {
            Self::English => match number {
                1 => forms[0],
                _ => forms[2],
            },
            Self::Russian => match (number % 10, number % 100) {
                (1, rest) if rest != 11 => forms[0],
                (2..=4, rest) if !(12..=14).contains(&rest) => forms[1],
                _ => forms[2],
            },
        }
    }

    /// A length in bytes, to three digits at most.
    pub fn size(self, bytes: u64) -> String {
        let words = self.words();
        let units = [
            words.bytes,
            words.kilobytes,
            words.megabytes,
            words.gigabytes,
        ];
        let mut unit = 0;
        let mut divisor = 1_u64;
        while bytes / divisor >= 1000 && unit + 1 < units.len() {
            unit += 1;
            divisor *= 1000;
        }
        let name = units.get(unit).copied().unwrap_or_default();
        let (whole, tenth) = (bytes / divisor, bytes % divisor * 10 / divisor);
        let point = match self {
            Self::English => '.',
            Self::Russian => ',',
        };
        match unit > 0 && whole < 10 {
            true => format!("{whole}{point}{tenth}{SPACE}{name}"),
            false => format!("{}{SPACE}{name}", self.number(whole)),
        }
    }

    /// A day, month or year as people write it, from the form of XML Schema; `None` for anything else.
    pub fn date(self, text: &str) -> Option<String> {
        let mut parts = text.split('-');
        let year = parts.next().filter(|year| is_digits(year, 4))?;
        let Some(month) = parts.next() else {
            return Some(year.to_owned());
        };
        let month = Some(month).filter(|month| is_digits(month, 2))?;
        let number: usize = month.parse().ok()?;
        let words = self.words();
        let Some(day) = parts.next() else {
            let name = words.months.get(number.checked_sub(1)?)?;
            return Some(format!("{name}{SPACE}{year}"));
        };
        let day = Some(day).filter(|day| is_digits(day, 2))?;
        let name = words.months_of_days.get(number.checked_sub(1)?)?;
        let day = day.trim_start_matches('0');
        parts
            .next()
            .is_none()
            .then(|| format!("{day}{SPACE}{name}{SPACE}{year}"))
    }
}

fn is_digits(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wanted_language_is_the_heaviest_known_one() {
        assert_eq!(
            Language::wanted("ru-RU,ru;q=0.9,en;q=0.8"),
            Language::Russian
        );
        assert_eq!(
            Language::wanted("de, en;q=0.7, ru;q=0.5"),
            Language::English
        );
        assert_eq!(Language::wanted("de, ru;q=0.1"), Language::Russian);
        assert_eq!(Language::wanted(""), Language::English);
        assert_eq!(Language::wanted("ru;q=0"), Language::English);
    }

    #[test]
    fn numbers_have_groups_and_nouns_their_forms() {
        let (en, ru) = (Language::English, Language::Russian);
        assert_eq!(en.number(1_234_567), "1,234,567");
        assert_eq!(ru.number(16_153), "16\u{a0}153");
        assert_eq!(en.number(100), "100");
        let forms = ["факт", "факта", "фактов"];
        for (number, form) in [
            (1, "факт"),
            (2, "факта"),
            (11, "фактов"),
            (21, "факт"),
            (112, "фактов"),
        ] {
            assert_eq!(ru.form(number, &forms), form, "{number}");
        }
        assert_eq!(en.size(214_300), "214\u{a0}KB");
        assert_eq!(ru.size(1_250_000), "1,2\u{a0}МБ");
    }

    #[test]
    fn dates_are_written_as_people_do() {
        let (en, ru) = (Language::English, Language::Russian);
        assert_eq!(
            en.date("2018-11-01").as_deref(),
            Some("1\u{a0}November\u{a0}2018")
        );
        assert_eq!(
            ru.date("2018-11-01").as_deref(),
            Some("1\u{a0}ноября\u{a0}2018")
        );
        assert_eq!(ru.date("2018-11").as_deref(), Some("ноябрь\u{a0}2018"));
        assert_eq!(en.date("2018").as_deref(), Some("2018"));
        for other in ["2017~", "2018-13-01", "2018-1-1", "-0044", "2018-11-01-02"] {
            assert_eq!(en.date(other), None, "{other}");
        }
    }
}

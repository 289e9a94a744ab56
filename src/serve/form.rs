//! Parameters of query strings and forms (`application/x-www-form-urlencoded`), read strictly: what is not UTF-8 is
//! refused and not repaired.

/// Names and values in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FormData(pub Vec<(String, String)>);

impl FormData {
    /// Reads a form; `None` where it is not UTF-8, or percent signs are not followed by two digits.
    pub fn parse(text: &str) -> Option<Self> {
        let pairs = text.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Some((decode(name)?, decode(value)?))
        });
        pairs.collect::<Option<Vec<_>>>().map(Self)
    }

    /// The values of a name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let pairs = self.0.iter().filter(move |(found, _)| found == name);
        pairs.map(|(_, value)| value.as_str())
    }

    /// The last value of a name.
    pub fn last(&self, name: &str) -> Option<&str> {
        let last = self.0.iter().rfind(|(found, _)| found == name);
        last.map(|(_, value)| value.as_str())
    }

    /// Adds the parameters of another one.
    pub fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }
}

/// Text from a part of a URL; `None` where it is not UTF-8.
pub fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let digit = |byte: u8| char::from(byte).to_digit(16);
                let (high, low) = (digit(rest.next()?)?, digit(rest.next()?)?);
                bytes.push(u8::try_from(high << 4 | low).ok()?);
            }
            byte => bytes.push(byte),
        }
    }
    String::from_utf8(bytes).ok()
}

/// Text as part of a URL: everything but letters, digits and `-._~` is percent-encoded.
pub fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_read_strictly() {
        let form = |text| FormData::parse(text).map(|form| form.0);
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(
            form("a=1&b=x+y%20%D0%96&a=&c"),
            Some(vec![
                pair("a", "1"),
                pair("b", "x y Ж"),
                pair("a", ""),
                pair("c", "")
            ])
        );
        assert_eq!(form(""), Some(Vec::new()));
        assert_eq!(form("a=%FF"), None);
        assert_eq!(form("a=%4"), None);
        assert_eq!(form("a=%zz"), None);
        let form = FormData::parse("a=1&a=2").unwrap_or_default();
        assert_eq!(form.last("a"), Some("2"));
        assert_eq!(form.last("b"), None);
    }

    #[test]
    fn what_is_encoded_comes_back() {
        let text = "a b/%&=+Ж?";
        assert_eq!(decode(&encode(text)).as_deref(), Some(text));
        assert_eq!(encode("a b/é"), "a%20b%2F%C3%A9");
    }
}

//! Language tags, which are the same whatever their case (RDF 1.1 Concepts §3.3).

/// Puts the language tags of a line of N-Quads into lower case. Says whether any was not.
pub(super) fn lower(line: &mut [u8]) -> bool {
    let mut changed = false;
    let mut at = 0;
    while let Some(&byte) = line.get(at) {
        at += 1;
        let end = match byte {
            b'"' => b'"',
            b'<' if line.get(at) != Some(&b'<') => b'>',
            _ => continue,
        };
        at = behind(line, at, end);
        if end == b'"' && line.get(at) == Some(&b'@') {
            at += 1;
            while let Some(letter) = line.get_mut(at)
                && (letter.is_ascii_alphanumeric() || *letter == b'-')
            {
                changed |= letter.is_ascii_uppercase();
                letter.make_ascii_lowercase();
                at += 1;
            }
        }
    }
    changed
}

/// The place behind an unescaped byte.
fn behind(line: &[u8], mut at: usize, end: u8) -> usize {
    while let Some(&byte) = line.get(at) {
        at += match byte {
            b'\\' => 2,
            _ if byte == end => return at + 1,
            _ => 1,
        };
    }
    line.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_and_nothing_else() {
        let check = |line: &str, expected: &str| {
            let mut bytes = line.as_bytes().to_vec();
            let changed = lower(&mut bytes);
            assert_eq!(String::from_utf8(bytes).unwrap(), expected);
            assert_eq!(changed, line != expected, "{line}");
        };
        check("<S> <P> \"X\"@ru-Latn .", "<S> <P> \"X\"@ru-latn .");
        check(
            "<S> <P> \"X\"@ar--LTR <G@A> .",
            "<S> <P> \"X\"@ar--ltr <G@A> .",
        );
        check("_:B <P> \"a\\\"@RU\" .", "_:B <P> \"a\\\"@RU\" .");
        check("<S> <P> \"\\\\\"@RU .", "<S> <P> \"\\\\\"@ru .");
        check("<S> <P> \"<A>\"^^<D> .", "<S> <P> \"<A>\"^^<D> .");
        check(
            "<S> <P> <<( <A> <B> \"C\"@EN )>> .",
            "<S> <P> <<( <A> <B> \"C\"@en )>> .",
        );
    }
}

use super::*;
use proptest::prelude::*;

fn is_linear(pattern: &str) -> bool {
    matches!(
        RegularExpression::new(pattern).unwrap().engine,
        Engine::Linear(_)
    )
}

/// Each pattern with texts that match and texts that do not; `regress` agrees.
#[track_caller]
fn check(pattern: &str, linear: bool, good: &[&str], bad: &[&str]) {
    let regular = RegularExpression::new(pattern).unwrap();
    assert_eq!(is_linear(pattern), linear, "{pattern}");
    let oracle = regress::Regex::new(&format!("^(?:{pattern})$")).unwrap();
    for (texts, expected) in [(good, true), (bad, false)] {
        for text in texts {
            assert_eq!(regular.matches(text), Ok(expected), "{pattern} {text}");
            if text.len() < 30 {
                assert_eq!(
                    oracle.find(text).is_some(),
                    expected,
                    "oracle: {pattern} {text}"
                );
            }
        }
    }
}

#[test]
fn linear_patterns() {
    for (pattern, good, bad) in [
        ("[Aa]+", vec!["AaAaA"], vec!["", "AaB", "xAa"]),
        ("GED", vec!["GED"], vec!["GEDx", "xGED", "ged"]),
        ("a|bc", vec!["a", "bc"], vec!["ac", "abc"]),
        ("^-?P.DT.*$", vec!["P1DT2H", "-P0DT"], vec!["P1D", "xP1DT"]),
        (r"^\d$", vec!["7"], vec!["77", "٣", ""]),
        (r"\w+\s\S", vec!["ab_\u{a0}é"], vec!["é x", "a\u{200b}b"]),
        (r"[\d-x]+", vec!["1-x"], vec!["y"]),
        (r"[^\d\s]+", vec!["ab"], vec!["a1", "a b"]),
        (r"[a&&b~~\[\]^-]+", vec!["a&b~[]^-"], vec!["c"]),
        (".", vec!["я", "😀"], vec!["\n", "\u{2028}", ""]),
        ("a{2,3}", vec!["aa", "aaa"], vec!["a", "aaaa"]),
        ("a{x}", vec!["a{x}"], vec!["ax"]),
        ("a]}", vec!["a]}"], vec!["a"]),
        (r"\u0416\x41\/\.\-", vec!["ЖA/.-"], vec!["ЖA/x-"]),
        (r"(?<year>\d{4})-(?:\d\d)", vec!["2017-11"], vec!["2017-1"]),
        (r"\bfoo\b.*", vec!["foo bar"], vec!["foobar"]),
        ("[^]*", vec!["", "a\nb"], vec![]),
        ("[]|x", vec!["x"], vec![""]),
        (r"\cJ\0", vec!["\n\0"], vec!["J"]),
        (r"\101\8", vec!["A8"], vec!["1018"]),
        (
            "(a+)+b",
            vec!["aab"],
            vec!["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac"],
        ),
    ] {
        check(pattern, true, &good, &bad);
    }
}

#[test]
fn properties_are_those_of_the_flag_u() {
    let letters = RegularExpression::new(r"\p{Lu}\p{L}+").unwrap();
    assert_eq!(letters.matches("Город"), Ok(true));
    assert_eq!(letters.matches("p{Lu}"), Ok(false));
    let script = RegularExpression::new(r"\p{Script=Cyrillic}+").unwrap();
    assert_eq!(script.matches("Gород"), Ok(false));
}

#[test]
fn look_around_and_back_references() {
    for (pattern, good, bad) in [
        ("(?!X)[A-Z]+", vec!["ABC"], vec!["XBC"]),
        (r"(.)\1", vec!["aa"], vec!["ab"]),
        (".*(?<=b)c", vec!["abc"], vec!["acc"]),
        (".*(?<!b)c", vec!["acc"], vec!["abc"]),
        (r"(?<=(\d)(\d))x?", vec![], vec!["x"]),
        (r"..(?<=(\d)(\d))\1\2", vec!["1212"], vec!["1221"]),
        (r"..(?<=\1(a))", vec!["aa"], vec!["ba"]),
        // What a lookahead captured is kept, what a negated one did is not.
        (r"(?=(a+))a*b\1", vec!["aba"], vec!["abab"]),
        (r"(?!(a)b)ac\1", vec!["ac"], vec!["aca", "ab"]),
        // A turn of a loop forgets what the one before it captured.
        (r"(?:(a)|b)*\1", vec!["ab", "aa", "baa"], vec!["abc"]),
        (r"(z)((a+)?(b+)?(c))*\4", vec!["zaacbbbcac"], vec!["z1"]),
        (r"(?:a|(?=b))*b", vec!["aab", "b"], vec!["a"]),
        (r"(a?b??)*\1", vec!["abab"], vec!["ab", "c"]),
        (r"(?<a>x)\k<a>", vec!["xx"], vec!["x"]),
        (r"\Bx|a\Bb", vec!["ab"], vec!["x"]),
        (
            "(?!.*--)[a-z0-9]+(-[a-z0-9]+)*",
            vec!["ab-cd", "a"],
            vec!["ab--cd", "AB", ""],
        ),
        (
            r"(?=.*\d)(?=.*[a-z]).{6,}",
            vec!["abc123"],
            vec!["abcdef", "a1"],
        ),
        (r"(?=x)(a+)+b|y", vec!["y"], vec!["aab"]),
        (r"(x)\1(a|aa)*b", vec!["xxaaab"], vec!["xxaaa"]),
    ] {
        check(pattern, false, &good, &bad);
    }
}

#[test]
fn matching_is_given_up_and_says_so() {
    let regular = RegularExpression::new(r"(x?)(a*)*(a*)*\1b").unwrap();
    assert_eq!(regular.matches(&"a".repeat(40)), Err(OutOfSteps));
    assert_eq!(regular.matches("aab"), Ok(true));
    // Without back-references no state is tried twice.
    let regular = RegularExpression::new("(?=.)(a|aa|aaa)+(a+)+b").unwrap();
    assert_eq!(regular.matches(&"a".repeat(5000)), Ok(false));
}

#[test]
fn illegal_patterns() {
    for pattern in ["+", "[", "(", "a)(b", "a{2,1}", "[b-a]"] {
        let error = RegularExpression::new(pattern).unwrap_err();
        assert!(
            matches!(error, PatternError::Illegal(_)),
            "{pattern} {error}"
        );
    }
}

#[test]
fn patterns_that_are_too_large() {
    let deep = "(".repeat(100_000) + &")".repeat(100_000);
    for pattern in [deep.as_str(), "(?=x)(a{1000}){1000}", r"(\d{1000}){1000}"] {
        let error = RegularExpression::new(pattern).unwrap_err();
        assert!(matches!(error, PatternError::Unsupported(_)), "{error}");
    }
}

#[test]
fn long_cells_take_linear_time() {
    let cell = "a".repeat(2_000_000);
    let regular = RegularExpression::new("(a|aa|aaa)+b").unwrap();
    assert_eq!(regular.matches(&cell), Ok(false));
}

#[track_caller]
fn xpath(pattern: &str, flags: &str, good: &[&str], bad: &[&str]) {
    let regex = XPathRegex::new(pattern, flags).unwrap();
    for (texts, expected) in [(good, true), (bad, false)] {
        for text in texts {
            assert_eq!(
                regex.is_match(text),
                Ok(expected),
                "{pattern} {flags} {text:?}"
            );
        }
    }
}

#[test]
fn expressions_of_xpath() {
    for (pattern, flags, good, bad) in [
        ("^[a-z-[aeiou]]$", "", vec!["b", "z"], vec!["a", "B", "-"]),
        ("^[a-z-[aeiou-[e]]]$", "", vec!["e", "b"], vec!["a"]),
        ("^[^a-z-[0-9]]$", "", vec!["A"], vec!["a", "5"]),
        ("^[-a]+$", "", vec!["-a"], vec!["b"]),
        ("^[a-]+$", "", vec!["-a"], vec!["b"]),
        ("b", "", vec!["abc"], vec!["ac"]),
        // `#` is a character, and white space in a class counts.
        ("a # b", "x", vec!["a#b"], vec!["a", "ab"]),
        ("^a[ ]b$", "x", vec!["a b"], vec!["ab"]),
        ("^a {2} $", "x", vec!["aa"], vec!["a"]),
        (r"(['x]).*\1", "", vec!["'a'", "xax"], vec!["'ax"]),
        (r"^(a)\1$", "i", vec!["aA", "AA"], vec!["ab"]),
        (r"^\i\c*$", "", vec!["a-b.c:d", "élan"], vec!["-a", "1a"]),
        (r"^\p{IsBasicLatin}+$", "", vec!["abc~"], vec!["é"]),
        (r"^\P{IsCyrillic}+$", "", vec!["abc"], vec!["ж"]),
        (r"^\p{IsGreek}$", "", vec!["α"], vec!["a"]),
        (r"^\p{Lu}$", "i", vec!["A"], vec!["a"]),
        ("^[A-Z]$", "i", vec!["a", "A"], vec!["1"]),
        ("^[^q]$", "i", vec!["x"], vec!["q", "Q"]),
        ("^[A-Z-[IO]]$", "i", vec!["a", "b"], vec!["i", "I", "o"]),
        (r"^\d$", "", vec!["1", "٣"], vec!["a"]),
        (r"^\w$", "", vec!["é", "$", "1"], vec!["-", " ", "_"]),
        (r"^\s$", "", vec![" ", "\t"], vec!["\u{a0}"]),
        ("^.$", "", vec!["x", "\u{2028}"], vec!["\n", "\r"]),
        ("^.$", "s", vec!["\n"], vec![""]),
        ("^b$", "", vec!["b"], vec!["a\nb\nc", "b\n"]),
        ("^b$", "m", vec!["a\nb\nc"], vec!["ab"]),
        ("a.b[", "q", vec!["xa.b[y"], vec!["axb["]),
        ("A.B", "qi", vec!["a.b"], vec!["axb"]),
        ("^(?:ab)+?$", "", vec!["abab"], vec!["aba"]),
        ("", "", vec!["", "x"], vec![]),
        (
            "(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)\\10",
            "",
            vec!["abcdefghijj"],
            vec!["abcdefghija0"],
        ),
        ("(a)\\10", "", vec!["aa0"], vec!["aa"]),
    ] {
        xpath(pattern, flags, &good, &bad);
    }
}

#[test]
fn what_xpath_does_not_have() {
    for (pattern, flags) in [
        (r"\bx", ""),
        (r"a\/b", ""),
        ("(?=x)", ""),
        ("(?<n>x)", ""),
        (r"\1(a)", ""),
        (r"(a\1)", ""),
        ("a{,2}", ""),
        ("a{2,1}", ""),
        ("a}", ""),
        ("a]", ""),
        ("[a[b]", ""),
        ("[]", ""),
        ("[a-b-c]", ""),
        ("[z-a]", ""),
        ("a**", ""),
        ("*a", ""),
        ("(a", ""),
        ("a)", ""),
        (r"\p{IsNowhere}", ""),
        (r"\p{Greek}", ""),
        (r"\u0041", ""),
        ("a", "g"),
    ] {
        let error = XPathRegex::new(pattern, flags).unwrap_err();
        assert!(matches!(error, PatternError::Illegal(_)), "{pattern}");
    }
}

#[test]
fn replacements() {
    for (pattern, flags, text, replacement, expected) in [
        ("([0-9]+)-([0-9]+)", "", "2019-05", "$2_$1", "05_2019"),
        ("a", "", "banana", r"\$", "b$n$n$"),
        ("a", "", "banana", r"\\", r"b\n\n\"),
        ("a(.)", "", "abracadabra", "a$1$1", "abbraccaddabbra"),
        (".*?", "", "x", "y", "!"),
        ("AA", "", "AAAA", "b", "bb"),
        ("(a)|b", "", "ab", "[$1]", "[a][]"),
        ("(a)", "", "a", "$12", "a2"),
        ("(a)", "", "a", "$0$9", "a"),
        (r"(.)\1", "", "aabbc", "<$1>", "<a><b>c"),
        ("$1", "q", "a$1b", "$2\\", "a$2\\b"),
        ("B", "i", "abc", "Z", "aZc"),
        ("é", "", "été", "e", "ete"),
        ("b", "", "abc", "", "ac"),
    ] {
        let regex = XPathRegex::new(pattern, flags).unwrap();
        match regex.replace(text, replacement) {
            Ok(found) => assert_eq!(found, expected, "{pattern} {replacement}"),
            Err(error) => {
                assert_eq!(error, ReplaceError::MatchesNothing, "{pattern}");
                assert_eq!(expected, "!");
            }
        }
    }
    let regex = XPathRegex::new("a", "").unwrap();
    for replacement in ["$", "$x", r"\", r"\n", "${1}"] {
        let error = regex.replace("a", replacement).unwrap_err();
        assert!(
            matches!(error, ReplaceError::Replacement(_)),
            "{replacement}"
        );
    }
}

proptest! {
    /// Patterns of small pieces match what `regress` matches.
    #[test]
    fn ecmascript_as_regress_has_it(
        pieces in proptest::collection::vec(
            prop::sample::select(vec![
                "a", "b", "(a|b)", "(?:ab)?", "(a)*", "[ab]+", ".", r"\1", "(?=a)", "(?!b)", "(?<=a)", "(?<!b)",
                "a{1,2}", "b*?", r"\b", r"\B", "|", "(?:(a)|b)+", "^", "$",
            ]),
            1..6,
        ),
        text in "[ab]{0,6}",
    ) {
        let pattern = pieces.concat();
        if let Ok(oracle) = regress::Regex::new(&format!("^(?:{pattern})$")) {
            let regular = RegularExpression::new(&pattern).unwrap();
            prop_assert_eq!(regular.matches(&text), Ok(oracle.find(&text).is_some()), "{}", pattern);
        }
    }
}

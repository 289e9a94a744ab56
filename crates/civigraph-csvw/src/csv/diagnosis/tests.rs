//! Files that are wrong as a whole.

use super::*;
use crate::resource::ResourceContent;

fn encoded(text: &str, label: &str) -> Vec<u8> {
    match label {
        "utf-16le" => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        "utf-16be" => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        "utf-32le" => text
            .chars()
            .flat_map(|c| u32::from(c).to_le_bytes())
            .collect(),
        "utf-32be" => text
            .chars()
            .flat_map(|c| u32::from(c).to_be_bytes())
            .collect(),
        _ => {
            let encoding = Encoding::for_label(label.as_bytes()).unwrap();
            encoding.encode(text).0.into_owned()
        }
    }
}

fn dialect(encoding: &str) -> Dialect {
    Dialect {
        encoding: encoding.into(),
        ..Dialect::default()
    }
}

const CYRILLIC: &str = "город,страна\nТомск,Россия\nИркутск,Россия\n«Ёлки»,№ 5\n";

#[test]
fn the_encoding_is_not_the_declared_one() {
    for (text, actual, declared, expected) in [
        (CYRILLIC, "utf-8", "utf-8", None),
        (
            CYRILLIC,
            "utf-8",
            "windows-1251",
            Some((Code::DeclaredEncoding, 1)),
        ),
        (
            "a\nb\nZürich\n",
            "utf-8",
            "iso-8859-1",
            Some((Code::DeclaredEncoding, 3)),
        ),
        (
            "a\nb\nZürich\n",
            "utf-8",
            "gbk",
            Some((Code::DeclaredEncoding, 3)),
        ),
        ("a\nb\n", "utf-8", "windows-1251", None),
        (CYRILLIC, "windows-1251", "windows-1251", None),
        (CYRILLIC, "windows-1251", "utf-8", Some((Code::Encoding, 1))),
        (CYRILLIC, "koi8-r", "utf-8", Some((Code::Encoding, 1))),
        (CYRILLIC, "utf-16le", "utf-8", Some((Code::Encoding, 1))),
        (CYRILLIC, "utf-16be", "utf-8", Some((Code::Encoding, 1))),
        (
            CYRILLIC,
            "utf-16le",
            "windows-1251",
            Some((Code::Encoding, 1)),
        ),
        (CYRILLIC, "utf-16le", "utf-16le", None),
        (CYRILLIC, "utf-32le", "utf-8", Some((Code::Encoding, 1))),
        (CYRILLIC, "utf-32be", "utf-8", Some((Code::Encoding, 1))),
        // A word in another encoding is a matter of its cell.
        ("a,b\nZürich,c\n", "windows-1252", "utf-8", None),
    ] {
        let resource = Resource::of_bytes("t.csv", encoded(text, actual));
        let found = diagnose(&resource, &dialect(declared));
        let found = found.map(|found| (found.code, found.place.line));
        assert_eq!(found, expected, "{actual} as {declared}");
    }
}

#[test]
fn the_hint_reads_the_text() {
    let russian = "город\nТомск\nИркутск\nОмск\nПермь\n";
    let polish = "miasto\nŁódź\nGdańsk\nPoznań\nŚwinoujście\n";
    let french = "ville\nBesançon\nOrléans\nNîmes\nSète\n";
    for (label, text, word) in [
        ("windows-1251", russian, "город"),
        ("koi8-r", russian, "город"),
        ("ibm866", russian, "город"),
        ("windows-1250", polish, "Łódź"),
        ("windows-1252", french, "Besançon"),
    ] {
        let bytes = encoded(text, label);
        let found = diagnose(&Resource::of_bytes("t.csv", bytes), &dialect("utf-8")).unwrap();
        let hint = found.hint.unwrap().to_string();
        assert!(
            hint.contains(&format!("`{word}`")) && hint.contains(label),
            "{label}: {hint}"
        );
    }
}

/// Words of one encoding that look like words in another, and languages that must not be taken for others.
#[test]
fn letters_speak_for_an_encoding() {
    for (language, text, own) in [
        (
            "Polish",
            "miasto\nGdańsk\nPoznań\nCzęstochowa\nKędzierzyn\nŚlęza\nBędzin\n",
            "windows-1250",
        ),
        (
            "Czech",
            "město\nČeské Budějovice\nPlzeň\nUherské Hradiště\nPřerov\nKroměříž\n",
            "windows-1250",
        ),
        (
            "Hungarian",
            "város\nKőszeg\nGyőr\nHódmezővásárhely\nMosonmagyaróvár\nTörökbálint\nGödöllő\n",
            "windows-1250",
        ),
        (
            "Turkish",
            "şehir\nİstanbul\nEskişehir\nMuğla\nDiyarbakır\nŞanlıurfa\nKırıkkale\nÇorum\n",
            "windows-1254",
        ),
        (
            "French",
            "préfecture\nBesançon\nÉpinal\nSaint-Étienne\nNîmes\nOrléans\nBézières\nl’été\n",
            "windows-1252",
        ),
        (
            "German",
            "Stadt\nMünchen\nKöln\nDüsseldorf\nNürnberg\nLübeck\nGießen\nFürth\n",
            "windows-1252",
        ),
        (
            "Spanish",
            "ciudad\nMálaga\nCórdoba\nA Coruña\nLogroño\nCáceres\n¿Dónde está?\nJaén\n",
            "windows-1252",
        ),
        (
            "Portuguese",
            "município\nSão Paulo\nBrasília\nMaceió\nGoiânia\nUberlândia\nGuimarães\nÉvora\n",
            "windows-1252",
        ),
        (
            "Danish",
            "by\nKøbenhavn\nÅrhus\nHelsingør\nNæstved\nTårnby\nRødovre\nBrøndby\n",
            "windows-1252",
        ),
        (
            "Finnish",
            "kunta\nJyväskylä\nHämeenlinna\nSeinäjoki\nJärvenpää\nNokia\nYlöjärvi\n",
            "windows-1252",
        ),
        (
            "Icelandic",
            "bær\nReykjavík\nKópavogur\nHafnarfjörður\nÍsafjörður\nAkureyri\nGarðabær\nÞórshöfn\n",
            "windows-1252",
        ),
    ] {
        let resource = Resource::of_bytes("t.csv", encoded(text, own));
        assert!(doubt(&resource, &dialect(own)).is_none(), "{language}");
        if own != "windows-1252" {
            let found = doubt(&resource, &dialect("windows-1252"));
            let found = found.unwrap_or_else(|| panic!("{language}"));
            let text = format!("{} {:?}", found.message, found.hint);
            assert!(text.contains(own), "{language}: {text}");
        }
    }
}

#[test]
fn text_that_does_not_look_like_its_encoding() {
    let polish = "miasto\nŁódź\nŻagań\nGdańsk\nŚwinoujście\n";
    let greek = "Όνομα,τόπος\nΑθήνα,Ελλάδα\nΠάτρα,Ελλάδα\n";
    for (text, actual, declared, doubtful) in [
        (CYRILLIC, "koi8-r", "windows-1251", true),
        (CYRILLIC, "windows-1251", "koi8-r", true),
        (CYRILLIC, "ibm866", "windows-1251", true),
        (CYRILLIC, "windows-1251", "windows-1252", true),
        (CYRILLIC, "windows-1251", "windows-1251", false),
        (CYRILLIC, "koi8-r", "koi8-r", false),
        (greek, "windows-1253", "windows-1251", true),
        (greek, "windows-1253", "windows-1253", false),
        (polish, "windows-1250", "windows-1250", false),
        ("名前\n東京\n大阪\n", "shift_jis", "windows-1252", true),
        ("名前\n東京\n大阪\n", "shift_jis", "shift_jis", false),
        (
            "l’été\nZürich\nÎle-de-France\nMcDonald’s\n",
            "windows-1252",
            "windows-1252",
            false,
        ),
    ] {
        let resource = Resource::of_bytes("t.csv", encoded(text, actual));
        let found = doubt(&resource, &dialect(declared));
        assert_eq!(
            found.is_some(),
            doubtful,
            "{actual} as {declared}: {found:?}"
        );
    }
}

#[test]
fn text_that_was_decoded_twice() {
    for (text, label, meant) in [
        ("город\nТомск\nИркутск\n", "windows-1251", Some("город")),
        ("Zürich\nGenève\nBâle\n", "windows-1252", Some("Zürich")),
        ("Zürich\nGenève\nBâle\n", "utf-8", None),
        ("город\nТомск\nИркутск\n", "utf-8", None),
        ("Łódź\n東京\n“quoted” – text…\n", "utf-8", None),
    ] {
        let encoding = Encoding::for_label(label.as_bytes()).unwrap();
        let broken = encoding.decode_without_bom_handling(text.as_bytes()).0;
        let resource = Resource::of_bytes("t.csv", broken.as_bytes());
        let found = doubt(&resource, &dialect("utf-8"));
        let hint = found.and_then(|found| found.hint);
        let hint = hint.map(|hint| hint.to_string()).unwrap_or_default();
        match meant {
            Some(meant) => assert!(hint.contains(&format!("`{meant}`")), "{text}: {hint}"),
            None => assert_eq!(hint, "", "{text}"),
        }
    }
}

#[test]
fn marks_of_a_merge() {
    for (text, expected) in [
        ("id\n<<<<<<< HEAD\n1\n=======\n2\n>>>>>>> other\n", Some(2)),
        ("id\r\n1\r\n<<<<<<< HEAD\r\n=======\r\n>>>>>>> x", Some(3)),
        (
            "<<<<<<< HEAD\nid\n||||||| base\nkey\n=======\nkeys\n>>>>>>> x\n",
            Some(1),
        ),
        // In a quoted cell that goes over lines, and around one.
        (
            "id,t\n1,\"a\n<<<<<<< HEAD\nb\"\n=======\nc\"\n>>>>>>> x\n",
            Some(3),
        ),
        // A text about merges.
        (
            "id,t\n1,\"a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> x\n\"\n",
            None,
        ),
        ("id\n<<<<<<< HEAD\n1\n", None),
        ("id\n=======\n", None),
        ("id\nx <<<<<<< HEAD\n=======\n>>>>>>> x\n", None),
    ] {
        let found = diagnose(
            &Resource::of_bytes("t.csv", text.as_bytes()),
            &dialect("utf-8"),
        );
        let found = found.map(|found| (found.code, found.place.line));
        assert_eq!(found, expected.map(|line| (Code::Conflict, line)), "{text}");
    }
}

#[test]
fn a_file_is_read_in_blocks() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.csv");
    let filler = "Zürich,1\n".repeat(300_000);
    let text = format!("{filler}<<<<<<< HEAD\n1\n=======\n2\n>>>>>>> other\n{filler}");
    std::fs::write(&path, text).unwrap();
    let mut resource = Resource::of_bytes("t.csv", Vec::new());
    resource.content = ResourceContent::File(path);
    let found = diagnose(&resource, &Dialect::default()).unwrap();
    assert_eq!((found.code, found.place.line), (Code::Conflict, 300_001));
    let found = diagnose(&resource, &dialect("windows-1252")).unwrap();
    assert_eq!(found.code, Code::Conflict);
}

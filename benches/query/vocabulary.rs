//! The graph of the vocabulary: concepts with their labels.

use crate::output::{Graph, Output, concept, name, text};
use std::io;

/// A scheme and its concepts: name, label in Russian, label in English.
pub struct Scheme {
    pub name: &'static str,
    pub concepts: &'static [(&'static str, &'static str, &'static str)],
}

impl Scheme {
    /// The IRI of a concept by its place in the scheme, from the start again after the last one.
    pub fn concept(&self, number: u64) -> String {
        let number = (number % self.concepts.len() as u64) as usize;
        concept(self.name, self.concepts[number].0)
    }
}

pub const ROLES: Scheme = Scheme {
    name: "role",
    concepts: &[
        ("participant", "участник", "participant"),
        ("speaker", "докладчик", "speaker"),
        ("expert", "эксперт", "expert"),
        ("moderator", "модератор", "moderator"),
        ("organiser", "организатор", "organiser"),
        ("host", "принимающая сторона", "host"),
        ("supporter", "поддержавший", "supporter"),
        ("initiator", "инициатор", "initiator"),
    ],
};

pub const STATUSES: Scheme = Scheme {
    name: "event-status",
    concepts: &[
        ("held", "состоялось", "held"),
        ("planned", "запланировано", "planned"),
        ("cancelled", "отменено", "cancelled"),
    ],
};

pub const SECTORS: Scheme = Scheme {
    name: "sector",
    concepts: &[
        ("government", "власть", "government"),
        ("science", "наука", "science"),
        ("media", "СМИ", "media"),
        ("business", "бизнес", "business"),
        ("society", "общество", "society"),
    ],
};

pub const MEASURES: Scheme = Scheme {
    name: "measure",
    concepts: &[
        ("participants", "участники", "participants"),
        ("budget", "бюджет", "budget"),
        ("regions", "регионы", "regions"),
        ("projects", "проекты", "projects"),
        ("area", "площадь", "area"),
    ],
};

pub const UNITS: Scheme = Scheme {
    name: "unit",
    concepts: &[
        ("person", "человек", "person"),
        ("rouble", "рубль", "rouble"),
        ("item", "единица", "item"),
        ("hectare", "гектар", "hectare"),
    ],
};

pub const QUANTITY_KINDS: Scheme = Scheme {
    name: "quantity-kind",
    concepts: &[
        ("exact", "точно", "exactly"),
        ("approximate", "приблизительно", "about"),
        ("minimum-inclusive", "не менее", "at least"),
        ("maximum-inclusive", "не более", "at most"),
    ],
};

pub const BASES: Scheme = Scheme {
    name: "basis",
    concepts: &[
        ("explicit", "прямо сказано", "explicit"),
        ("inferred", "выведено", "inferred"),
        ("derived", "вычислено", "derived"),
    ],
};

pub const MODALITIES: Scheme = Scheme {
    name: "modality",
    concepts: &[
        ("fact", "факт", "fact"),
        ("plan", "план", "plan"),
        ("opinion", "мнение", "opinion"),
        ("speaker-claim", "утверждение говорящего", "speaker's claim"),
    ],
};

pub const REVIEWS: Scheme = Scheme {
    name: "review-status",
    concepts: &[
        ("accepted", "принято", "accepted"),
        ("unreviewed", "не проверено", "unreviewed"),
        ("rejected", "отклонено", "rejected"),
    ],
};

/// Writes the concepts of all schemes.
pub fn write(output: &mut Output) -> io::Result<()> {
    for scheme in [
        ROLES,
        STATUSES,
        SECTORS,
        MEASURES,
        UNITS,
        QUANTITY_KINDS,
        BASES,
        MODALITIES,
        REVIEWS,
    ] {
        let in_scheme = concept("scheme", scheme.name);
        for (local, ru, en) in scheme.concepts {
            let subject = concept(scheme.name, local);
            for (predicate, object) in [
                (name::TYPE, name::CONCEPT),
                (name::IN_SCHEME, &in_scheme),
                (name::PREF_LABEL, &text(ru, "ru")),
                (name::PREF_LABEL, &text(en, "en")),
            ] {
                output.quad(Graph::Vocabulary, &subject, predicate, object)?;
            }
        }
    }
    Ok(())
}

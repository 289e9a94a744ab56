//! Documents, figures, and the claims that rest on documents.

use crate::output::{Graph, Output, literal, name, thing};
use crate::random::Random;
use crate::scale::Scale;
use crate::vocabulary::{BASES, MEASURES, MODALITIES, QUANTITY_KINDS, REVIEWS, UNITS};
use crate::words::{TOPICS, TOWNS};
use std::io;

/// Quads of a claim at most.
const CLAIM: u64 = 12;

/// Writes everything, and as many claims as make up the number of quads.
pub fn write(
    scale: &Scale,
    quads: u64,
    random: &mut Random,
    output: &mut Output,
) -> io::Result<()> {
    for number in 0..scale.documents {
        document(scale, random, output, number)?;
    }
    for number in 0..scale.figures {
        figure(scale, random, output, number)?;
    }
    let mut number = 0;
    while output.quads + CLAIM <= quads {
        claim(scale, random, output, number)?;
        number += 1;
    }
    while output.quads < quads {
        let rank = literal(quads - output.quads, "integer");
        output.quad(Graph::Claims, &thing("claim", 0), name::RANK, &rank)?;
    }
    Ok(())
}

fn document(
    scale: &Scale,
    random: &mut Random,
    output: &mut Output,
    number: u64,
) -> io::Result<()> {
    let subject = thing("document", number);
    let (topic_ru, topic_en) = *random.pick(&TOPICS);
    let (town_ru, town_en) = *random.pick(&TOWNS);
    output.triple(&subject, name::TYPE, name::DOCUMENT)?;
    output.labels(
        &subject,
        &format!("Документ {number}: {town_ru}, {topic_ru}"),
        &format!("Document {number}: {town_en}, {topic_en}"),
    )?;
    let creator = random.skewed(scale.people);
    for place in 0..=random.below(3) {
        let creator = thing("person", (creator + place * 13) % scale.people);
        output.triple(&subject, name::CREATOR, &creator)?;
    }
    for (predicate, object) in [
        (
            name::PUBLISHER,
            thing("org", random.skewed(scale.organisations / 8)),
        ),
        (
            name::COPYRIGHT_YEAR,
            literal(1990 + random.below(36), "integer"),
        ),
        (name::PAGES, literal(1 + random.skewed(300), "integer")),
        (name::ABOUT, thing("event", random.below(scale.events))),
    ] {
        output.triple(&subject, predicate, &object)?;
    }
    let digest = format!("\"{:016x}{:016x}\"", random.next(), random.next());
    let length = literal(200 + random.skewed(60_000), "integer");
    output.quad(Graph::Sources, &subject, name::SHA256, &digest)?;
    output.quad(Graph::Sources, &subject, name::LENGTH, &length)
}

fn figure(scale: &Scale, random: &mut Random, output: &mut Output, number: u64) -> io::Result<()> {
    let subject = thing("figure", number);
    let of = if random.once_in(2) {
        thing("event", random.below(scale.events))
    } else {
        thing("city", random.below(scale.cities))
    };
    let value = format!("{}.{:02}", random.skewed(1_000_000), random.below(20) * 5);
    for (predicate, object) in [
        (name::TYPE, name::QUANTITY.to_owned()),
        (name::QUANTITY_OF, of),
        (name::MEASURE, MEASURES.concept(random.below(5))),
        (
            name::QUANTITY_KIND,
            QUANTITY_KINDS.concept(random.skewed(4)),
        ),
        (name::UNIT, UNITS.concept(random.below(4))),
        (name::VALUE, literal(value, "decimal")),
    ] {
        output.triple(&subject, predicate, &object)?;
    }
    Ok(())
}

/// What a document says about a person or an event.
fn claim(scale: &Scale, random: &mut Random, output: &mut Output, number: u64) -> io::Result<()> {
    let subject = thing("claim", number);
    let evidence = thing("evidence", number);
    // Events one after the other, so that an event with a low number has as many claims in a graph of any size.
    let (table, about, property, value) = if number % 2 == 1 {
        let person = thing("person", random.below(scale.people));
        let city = thing("city", random.below(scale.cities));
        ("officials", person, name::BIRTH_PLACE, city)
    } else {
        let event = thing("event", number / 2 % scale.events);
        let size = literal(10 + random.skewed(5_000), "integer");
        ("sessions", event, name::ATTENDANCE, size)
    };
    let document = thing("document", random.skewed(scale.documents));
    for (subject, predicate, object) in [
        (&subject, name::TYPE, name::CLAIM.to_owned()),
        (&subject, name::SUBJECT, about),
        (&subject, name::PREDICATE, property.to_owned()),
        (&subject, name::OBJECT, value),
        (&subject, name::TABLE, format!("\"{table}\"")),
        (&subject, name::BASIS, BASES.concept(random.skewed(3))),
        (
            &subject,
            name::MODALITY,
            MODALITIES.concept(random.skewed(4)),
        ),
        (
            &subject,
            name::REVIEW_STATUS,
            REVIEWS.concept(random.skewed(3)),
        ),
        (&subject, name::EVIDENCE, evidence.clone()),
        (&evidence, name::HAS_SOURCE, document),
    ] {
        output.quad(Graph::Claims, subject, predicate, &object)?;
    }
    if random.once_in(5) {
        let speaker = thing("person", random.skewed(scale.people));
        output.quad(Graph::Claims, &subject, name::SAID_BY, &speaker)?;
    }
    if number > 0 && random.once_in(10) {
        let premise = thing("claim", number - 1 - random.below(number.min(100)));
        output.quad(Graph::Claims, &subject, name::DERIVED_FROM, &premise)?;
    }
    Ok(())
}

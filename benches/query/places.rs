//! Places, and the organisations in them.

use crate::output::{Graph, Output, concept, literal, name, text, thing};
use crate::random::Random;
use crate::scale::Scale;
use crate::vocabulary::SECTORS;
use crate::words::{ORGANISATIONS, TOPICS, TOWNS};
use std::io;

const DISTRICTS: u64 = 8;
const REGIONS: u64 = 89;

pub fn write(scale: &Scale, random: &mut Random, output: &mut Output) -> io::Result<()> {
    for number in 0..DISTRICTS {
        place(
            output,
            "district",
            name::MACRO_REGION,
            number,
            ("Округ", "District"),
        )?;
    }
    for number in 0..REGIONS {
        let region = place(
            output,
            "region",
            name::REGION,
            number,
            ("Область", "Region"),
        )?;
        let district = thing("district", number % DISTRICTS);
        output.triple(&region, name::LOCATED_IN, &district)?;
    }
    for number in 0..scale.municipalities {
        let subject = place(
            output,
            "municipality",
            name::MUNICIPALITY,
            number,
            ("Район", "Municipality"),
        )?;
        let region = thing("region", number % REGIONS);
        output.triple(&subject, name::LOCATED_IN, &region)?;
    }
    for number in 0..scale.cities {
        city(scale, random, output, number)?;
    }
    for number in 0..scale.organisations {
        organisation(scale, random, output, number)?;
    }
    Ok(())
}

/// Writes class and labels; returns the place.
fn place(
    output: &mut Output,
    kind: &str,
    class: &str,
    number: u64,
    (ru, en): (&str, &str),
) -> io::Result<String> {
    let subject = thing(kind, number);
    output.triple(&subject, name::TYPE, class)?;
    output.labels(
        &subject,
        &format!("{ru} № {number}"),
        &format!("{en} {number}"),
    )?;
    Ok(subject)
}

fn city(scale: &Scale, random: &mut Random, output: &mut Output, number: u64) -> io::Result<()> {
    let town = *random.pick(&TOWNS);
    let city = place(output, "city", name::CITY, number, town)?;
    let municipality = thing("municipality", random.skewed(scale.municipalities));
    let latitude = format!("{}.{:04}", 43 + random.below(25), random.below(10_000));
    let longitude = format!("{}.{:04}", 30 + random.below(140), random.below(10_000));
    let population = 2_000 + random.skewed(1_500_000);
    for (predicate, object) in [
        (name::LOCATED_IN, municipality),
        (name::LATITUDE, literal(latitude, "decimal")),
        (name::LONGITUDE, literal(longitude, "decimal")),
        (name::POPULATION, literal(population, "integer")),
    ] {
        output.triple(&city, predicate, &object)?;
    }
    let identifier = thing("identifier", number);
    for (subject, predicate, object) in [
        (&city, name::ADMS_IDENTIFIER, identifier.clone()),
        (
            &identifier,
            name::IN_SCHEME,
            concept("identifier-scheme", "oktmo"),
        ),
        (
            &identifier,
            name::NOTATION,
            format!("\"{:011}\"", 10_000_000_000 + number * 977),
        ),
    ] {
        output.quad(Graph::Register, subject, predicate, &object)?;
    }
    Ok(())
}

fn organisation(
    scale: &Scale,
    random: &mut Random,
    output: &mut Output,
    number: u64,
) -> io::Result<()> {
    let subject = thing("org", number);
    let (ru, en) = random.pick(&ORGANISATIONS);
    let (topic_ru, topic_en) = random.pick(&TOPICS);
    let founded = 1900 + random.below(120);
    output.triple(&subject, name::TYPE, name::ORGANIZATION)?;
    output.labels(
        &subject,
        &format!("{ru} «{topic_ru}» № {number}"),
        &format!("{en} for {topic_en} no. {number}"),
    )?;
    if random.once_in(3) {
        let other = format!("{} {number}", ru.chars().take(3).collect::<String>());
        output.triple(&subject, name::ALT_LABEL, &text(&other, "ru"))?;
    }
    if number > 0 {
        // A tree: every organisation but the first one is a part of an earlier one.
        let parent = thing("org", random.below(number / 2 + 1));
        output.triple(&subject, name::SUB_ORGANIZATION_OF, &parent)?;
    }
    for (predicate, object) in [
        (name::LOCATED_IN, thing("city", random.skewed(scale.cities))),
        (name::SECTOR, SECTORS.concept(random.below(5))),
        (name::FOUNDING_DATE, literal(random.date(founded), "date")),
    ] {
        output.triple(&subject, predicate, &object)?;
    }
    Ok(())
}

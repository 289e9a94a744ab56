//! People, events, and who took part in which.

use crate::output::{Output, concept, literal, name, text, thing};
use crate::random::Random;
use crate::scale::Scale;
use crate::vocabulary::{ROLES, STATUSES};
use crate::words::{EVENTS, MEN, SURNAMES, TOPICS, TOWNS, WOMEN};
use std::io;

pub fn write(scale: &Scale, random: &mut Random, output: &mut Output) -> io::Result<()> {
    for number in 0..scale.people {
        person(scale, random, output, number)?;
    }
    for number in 0..scale.events {
        event(scale, random, output, number)?;
    }
    for number in 0..scale.participations {
        participation(scale, random, output, number)?;
    }
    Ok(())
}

fn person(scale: &Scale, random: &mut Random, output: &mut Output, number: u64) -> io::Result<()> {
    let subject = thing("person", number);
    let woman = random.once_in(2);
    let (first_ru, first_en) = *random.pick(if woman { &WOMEN } else { &MEN });
    let (last_ru, last_en) = *random.pick(&SURNAMES);
    let (ending_ru, ending_en) = if woman { ("а", "a") } else { ("", "") };
    let namesake = random.below(5_000);
    output.triple(&subject, name::TYPE, name::PERSON)?;
    output.labels(
        &subject,
        &format!("{first_ru} {last_ru}{ending_ru} ({namesake})"),
        &format!("{first_en} {last_en}{ending_en} ({namesake})"),
    )?;
    if random.once_in(4) {
        let initial: String = first_ru.chars().take(1).collect();
        let short = format!("{initial}. {last_ru}{ending_ru}");
        output.triple(&subject, name::ALT_LABEL, &text(&short, "ru"))?;
    }
    let born = 1930 + random.below(70);
    for (predicate, object) in [
        (name::IDENTIFIER, format!("\"P{number:08}\"")),
        (name::BIRTH_DATE, literal(random.date(born), "date")),
        (
            name::GENDER,
            concept("gender", if woman { "female" } else { "male" }),
        ),
        (
            name::BIRTH_PLACE,
            thing("city", random.skewed(scale.cities)),
        ),
    ] {
        output.triple(&subject, predicate, &object)?;
    }
    if random.once_in(8) {
        let year = born + 25 + random.below(60);
        let died = literal(random.date(year), "date");
        output.triple(&subject, name::DEATH_DATE, &died)?;
    }
    let organisation = random.skewed(scale.organisations);
    for place in 0..random.below(3) {
        let organisation = thing("org", (organisation + place * 7) % scale.organisations);
        output.triple(&subject, name::MEMBER_OF, &organisation)?;
    }
    // From the first ones on, so that the smallest graph has some.
    if number % 500 == 7 {
        let note =
            format!("The sources on {first_en} {last_en}{ending_en} disagree: see {number}.");
        output.triple(&subject, name::EDITORIAL_NOTE, &text(&note, "en"))?;
    }
    Ok(())
}

fn event(scale: &Scale, random: &mut Random, output: &mut Output, number: u64) -> io::Result<()> {
    let subject = thing("event", number);
    let (class, kind_ru, kind_en) = *random.pick(&EVENTS);
    let (topic_ru, topic_en) = *random.pick(&TOPICS);
    let (town_ru, town_en) = *random.pick(&TOWNS);
    let year = 1990 + random.below(36);
    let date = random.date(year);
    output.triple(&subject, name::TYPE, name::EVENT_CLASS)?;
    let class = format!("<https://w3id.org/civigraph/ns#{class}>");
    output.triple(&subject, name::TYPE, &class)?;
    output.labels(
        &subject,
        &format!("{kind_ru} «{topic_ru}», {town_ru}, {year} (№ {number})"),
        &format!("{kind_en} on {topic_en}, {town_en}, {year} (no. {number})"),
    )?;
    for (predicate, object) in [
        (
            name::DATE,
            format!("\"{date}\"^^<http://id.loc.gov/datatypes/edtf/EDTF>"),
        ),
        (
            name::HOST_MUNICIPALITY,
            thing("city", random.skewed(scale.cities)),
        ),
        (name::EVENT_STATUS, STATUSES.concept(random.skewed(3))),
        (
            name::ATTENDANCE,
            literal(10 + random.skewed(5_000), "integer"),
        ),
        (name::EARLIEST, literal(&date, "date")),
    ] {
        output.triple(&subject, predicate, &object)?;
    }
    // A tenth is still going on: no last day.
    if !random.once_in(10) {
        output.triple(&subject, name::LATEST, &literal(&date, "date"))?;
    }
    if number > 0 && random.once_in(4) {
        let whole = thing("event", number - 1 - random.below(number.min(50)));
        output.triple(&subject, name::IS_PART_OF, &whole)?;
    }
    if number > 0 && random.once_in(3) {
        let earlier = thing("event", number - 1 - random.below(number.min(500)));
        output.triple(&subject, name::FOLLOWS, &earlier)?;
    }
    Ok(())
}

fn participation(
    scale: &Scale,
    random: &mut Random,
    output: &mut Output,
    number: u64,
) -> io::Result<()> {
    let subject = thing("participation", number);
    let agent = if random.once_in(8) {
        thing("org", random.skewed(scale.organisations))
    } else {
        thing("person", random.skewed(scale.people))
    };
    for (predicate, object) in [
        (name::TYPE, name::PARTICIPATION.to_owned()),
        (name::EVENT, thing("event", random.below(scale.events))),
        (name::AGENT, agent),
        (name::ROLE, ROLES.concept(random.skewed(8))),
    ] {
        output.triple(&subject, predicate, &object)?;
    }
    if random.once_in(2) {
        // Zeros at the end, as tables have them.
        let price = format!("{}.{}0", random.below(1_000), random.below(10));
        output.triple(&subject, name::PRICE, &literal(price, "decimal"))?;
    }
    Ok(())
}

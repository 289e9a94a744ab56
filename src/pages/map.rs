//! Where things are, as points on a grid of degrees: outlines are on the map of the query page.

use super::reader::PageReader;
use crate::store::StoreError;
use oxrdf::{NamedNode, NamedNodeRef, NamedOrBlankNode, Term};

const LATITUDE: NamedNodeRef<'_> =
    NamedNodeRef::new_unchecked("http://www.w3.org/2003/01/geo/wgs84_pos#lat");
const LONGITUDE: NamedNodeRef<'_> =
    NamedNodeRef::new_unchecked("http://www.w3.org/2003/01/geo/wgs84_pos#long");

/// Things with coordinates that a map shows. With more of them there is no map: a part would look like the whole.
const POINTS: usize = 120;

/// Width of the picture, and what is left free around the points.
const WIDTH: f64 = 520.0;
const MARGIN: f64 = 24.0;

/// The least and the greatest height of the picture.
const HEIGHTS: (f64, f64) = (140.0, 320.0);

/// Points with the lines of a grid.
pub(super) struct Map {
    pub width: u32,
    pub height: u32,
    pub points: Vec<Point>,
    /// Parallels: where they are, and what they are called.
    pub parallels: Vec<(u32, String)>,
    /// Meridians.
    pub meridians: Vec<(u32, String)>,
}

/// A thing at its place.
pub(super) struct Point {
    pub x: u32,
    pub y: u32,
    pub name: String,
    pub href: String,
}

impl Map {
    /// The things that have coordinates; `None` where there are fewer than two, or too many.
    pub(super) fn of(view: &PageReader<'_>) -> Result<Option<Self>, StoreError> {
        let latitudes = view.quads(None, Some(LATITUDE), None, None, POINTS + 1)?;
        if latitudes.len() > POINTS {
            return Ok(None);
        }
        let mut places: Vec<(NamedNode, f64, f64)> = Vec::new();
        for quad in latitudes {
            let NamedOrBlankNode::NamedNode(thing) = quad.subject else {
                continue;
            };
            let longitude = view.object(thing.as_ref(), LONGITUDE)?;
            let longitude = longitude.and_then(|term| degree(&term, 180.0));
            if let Some((latitude, longitude)) = degree(&quad.object, 90.0).zip(longitude)
                && !places.iter().any(|(known, ..)| *known == thing)
            {
                places.push((thing, latitude, longitude));
            }
        }
        let latitudes = ends(places.iter().map(|(_, latitude, _)| *latitude));
        let longitudes = ends(places.iter().map(|(.., longitude)| *longitude));
        let (true, Some((south, north)), Some((west, east))) =
            (places.len() > 1, latitudes, longitudes)
        else {
            return Ok(None);
        };
        // A degree of longitude is as much shorter as the place is far from the equator.
        let shrink = ((north + south) / 2.0).to_radians().cos().max(0.1);
        let wide = ((east - west) * shrink).max(0.5);
        let high = (north - south).max(0.5);
        let inner = HEIGHTS.1 - 2.0 * MARGIN;
        let scale = ((WIDTH - 2.0 * MARGIN) / wide).min(inner / high);
        let height = (high * scale + 2.0 * MARGIN).max(HEIGHTS.0);
        let x = |longitude: f64| {
            let middle = (west + east) / 2.0;
            (WIDTH / 2.0 + (longitude - middle) * shrink * scale).round() as u32
        };
        let y = |latitude: f64| {
            let middle = (south + north) / 2.0;
            (height / 2.0 - (latitude - middle) * scale).round() as u32
        };
        let points = places.iter().map(|(thing, latitude, longitude)| Point {
            x: x(*longitude),
            y: y(*latitude),
            name: view.name(thing.as_str()),
            href: view.frame.links.page(thing.as_str()),
        });
        let parallels = lines(south, north).map(|degree| (y(degree), format!("{degree}°")));
        let meridians = lines(west, east).map(|degree| (x(degree), format!("{degree}°")));
        Ok(Some(Self {
            width: WIDTH as u32,
            height: height.round() as u32,
            points: points.collect(),
            parallels: parallels.collect(),
            meridians: meridians.collect(),
        }))
    }
}

/// A literal as a number of degrees.
fn degree(term: &Term, most: f64) -> Option<f64> {
    match term {
        Term::Literal(number) => number.value().parse().ok(),
        _ => None,
    }
    .filter(|degree: &f64| degree.abs() <= most)
}

/// The least and the greatest of some numbers.
fn ends(numbers: impl Iterator<Item = f64> + Clone) -> Option<(f64, f64)> {
    let least = numbers.clone().reduce(f64::min)?;
    Some((least, numbers.reduce(f64::max)?))
}

/// Round degrees between two others, at most a handful.
fn lines(from: f64, to: f64) -> impl Iterator<Item = f64> {
    let steps = [1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0];
    let step = steps
        .into_iter()
        .find(|step| (to - from) / step <= 6.0)
        .unwrap_or(60.0);
    let first = (from / step).ceil() as i32;
    let last = (to / step).floor() as i32;
    (first..=last).map(move |number| f64::from(number) * step)
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn a_grid_has_a_handful_of_round_lines() {
        let of = |from, to| lines(from, to).collect::<Vec<_>>();
        assert_eq!(of(52.4, 57.7), [53.0, 54.0, 55.0, 56.0, 57.0]);
        assert_eq!(of(-10.0, 10.0), [-10.0, -5.0, 0.0, 5.0, 10.0]);
        assert!(of(0.2, 0.7).is_empty());
        assert!(of(-180.0, 180.0).len() <= 7);
    }
}

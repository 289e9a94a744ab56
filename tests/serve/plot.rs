//! A picture of what the bombs did: answer times by the length of the query, and the memory of the service over time.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

/// An answer to a query.
pub struct Point {
    /// Bytes of the query.
    pub size: usize,
    pub took: Duration,
    pub status: u16,
}

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 260.0;
const LEFT: f64 = 70.0;
const TOP: f64 = 40.0;

/// An axis from `from` to `to`, in powers of ten or even steps.
struct Axis {
    from: f64,
    to: f64,
    is_logarithmic: bool,
}

impl Axis {
    /// Where a value lies, from 0 to 1.
    fn at(&self, value: f64) -> f64 {
        let scale = |value: f64| {
            if self.is_logarithmic {
                value.log10()
            } else {
                value
            }
        };
        let (from, to) = (scale(self.from), scale(self.to));
        ((scale(value) - from) / (to - from)).clamp(0.0, 1.0)
    }

    fn ticks(&self) -> Vec<f64> {
        if self.is_logarithmic {
            let powers = -6..9;
            let ticks = powers.map(|power| 10f64.powi(power));
            return ticks
                .filter(|tick| (self.from..=self.to).contains(tick))
                .collect();
        }
        (0..=4)
            .map(|step| self.from + (self.to - self.from) * f64::from(step) / 4.0)
            .collect()
    }
}

/// A frame with its axes, at a distance from the top.
fn panel(svg: &mut String, top: f64, title: &str, x: (&Axis, &str), y: (&Axis, &str)) {
    let bottom = top + HEIGHT;
    let right = LEFT + WIDTH;
    let _ = writeln!(
        svg,
        "<text x='{LEFT}' y='{}' font-weight='bold'>{title}</text>\n\
         <rect x='{LEFT}' y='{top}' width='{WIDTH}' height='{HEIGHT}' fill='none' stroke='#888'/>\n\
         <text x='{right}' y='{}' text-anchor='end'>{}</text>\n\
         <text x='{}' y='{}'>{}</text>",
        top - 12.0,
        bottom + 36.0,
        x.1,
        LEFT + 8.0,
        top + 18.0,
        y.1,
    );
    for tick in x.0.ticks() {
        let at = LEFT + x.0.at(tick) * WIDTH;
        let _ = writeln!(
            svg,
            "<text x='{at}' y='{}' text-anchor='middle'>{tick}</text>",
            bottom + 18.0
        );
    }
    for tick in y.0.ticks() {
        let at = bottom - y.0.at(tick) * HEIGHT;
        let _ = writeln!(
            svg,
            "<text x='{}' y='{}' text-anchor='end'>{tick}</text>\n\
             <line x1='{LEFT}' x2='{right}' y1='{at}' y2='{at}' stroke='#ddd'/>",
            LEFT - 8.0,
            at + 4.0,
        );
    }
}

/// Writes the picture as SVG. `memory` has seconds since the start and MiB.
pub fn write(to: &Path, points: &[Point], memory: &[(f64, f64)], limit: Duration) {
    let sizes = Axis {
        from: 10.0,
        to: 2e6,
        is_logarithmic: true,
    };
    let times = Axis {
        from: 1e-4,
        to: 10.0,
        is_logarithmic: true,
    };
    let end = memory.last().map_or(1.0, |(second, _)| second / 4.0);
    // Four round steps.
    let round = 10f64.powf(end.log10().floor());
    let end = (end / round).ceil() * round * 4.0;
    let seconds = Axis {
        from: 0.0,
        to: end,
        is_logarithmic: false,
    };
    let mebibytes = Axis {
        from: 0.0,
        to: 1024.0,
        is_logarithmic: false,
    };
    let second = TOP + HEIGHT + 90.0;
    let (width, height) = (LEFT + WIDTH + 30.0, second + HEIGHT + 60.0);
    let mut svg = format!(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {height}' font-family='sans-serif' font-size='13'>\n\
         <rect width='{width}' height='{height}' fill='#fff'/>\n"
    );
    let title = format!(
        "{} queries made to do harm, time limit {} s",
        points.len(),
        limit.as_secs()
    );
    panel(
        &mut svg,
        TOP,
        &title,
        (&sizes, "bytes of the query"),
        (&times, "seconds to the whole answer"),
    );
    let line = TOP + HEIGHT - times.at(limit.as_secs_f64()) * HEIGHT;
    let _ = writeln!(
        svg,
        "<line x1='{LEFT}' x2='{}' y1='{line}' y2='{line}' stroke='#c33' stroke-dasharray='6 4'/>",
        LEFT + WIDTH
    );
    for point in points {
        let x = LEFT + sizes.at(point.size.max(1) as f64) * WIDTH;
        let y = TOP + HEIGHT - times.at(point.took.as_secs_f64().max(1e-6)) * HEIGHT;
        let colour = match point.status {
            200 => "#27a",
            503 => "#c60",
            _ => "#888",
        };
        let _ = writeln!(
            svg,
            "<circle cx='{x:.1}' cy='{y:.1}' r='2' fill='{colour}' fill-opacity='.45'/>"
        );
    }
    let _ = writeln!(
        svg,
        "<text x='{}' y='{}' text-anchor='end'><tspan fill='#27a'>answered</tspan> · \
         <tspan fill='#c60'>stopped at a limit</tspan> · <tspan fill='#888'>refused</tspan></text>",
        LEFT + WIDTH,
        TOP - 12.0,
    );
    panel(
        &mut svg,
        second,
        "Private memory of the service with all its workers",
        (&seconds, "seconds"),
        (&mebibytes, "MiB"),
    );
    let path: Vec<String> = memory
        .iter()
        .map(|(at, size)| {
            let x = LEFT + seconds.at(*at) * WIDTH;
            let y = second + HEIGHT - mebibytes.at(*size) * HEIGHT;
            format!("{x:.1},{y:.1}")
        })
        .collect();
    let _ = writeln!(
        svg,
        "<polyline points='{}' fill='none' stroke='#27a'/>\n</svg>",
        path.join(" ")
    );
    std::fs::write(to, svg).unwrap();
}

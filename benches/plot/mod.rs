//! A scatter of time against number of matches, as SVG.

use std::fmt::Write;
use std::time::Duration;

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 360.0;
const LEFT: f64 = 56.0;
const BELOW: f64 = 40.0;

/// One dot an item, with five ticks on each axis.
pub(crate) fn svg(points: &[(usize, Duration)]) -> String {
    let micros = |d: &Duration| d.as_secs_f64() * 1e6;
    let most = points.iter().map(|p| p.0).max().unwrap_or(1).max(1) as f64;
    let longest = points.iter().map(|p| micros(&p.1)).fold(1.0, f64::max);
    let x = |matches: f64| LEFT + matches / most * (WIDTH - LEFT - 16.0);
    let y = |micros: f64| HEIGHT - BELOW - micros / longest * (HEIGHT - BELOW - 16.0);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" font-size=\"11\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
    );
    for tick in 0..=4 {
        let share = f64::from(tick) / 4.0;
        let (matches, time) = (most * share, longest * share);
        let _ = writeln!(
            svg,
            "<text x=\"{:.0}\" y=\"{:.0}\" text-anchor=\"middle\">{matches:.0}</text>\
             <text x=\"{:.0}\" y=\"{:.0}\" text-anchor=\"end\">{time:.0} µs</text>",
            x(matches),
            HEIGHT - BELOW + 16.0,
            LEFT - 6.0,
            y(time) + 4.0,
        );
    }
    let _ = writeln!(
        svg,
        "<text x=\"{:.0}\" y=\"{:.0}\" text-anchor=\"middle\">channels that got the item (of 100,000)</text>",
        WIDTH / 2.0,
        HEIGHT - 6.0
    );
    for (matches, time) in points {
        let (x, y) = (x(*matches as f64), y(micros(time)));
        let _ = writeln!(
            svg,
            "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"1.6\" fill=\"#1b6ca8\" fill-opacity=\"0.5\"/>"
        );
    }
    svg.push_str("</svg>\n");
    svg
}

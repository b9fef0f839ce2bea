//! The layout itself, over fixed and random scenes: nothing overlaps, every wire ends at its boxes and runs forward.

mod scenes;

use std::time::Instant;

use scenes::Builder;
use testing::seeds::{self, Random};
use withe_picture::drawing::{self, Drawing, Of};
use withe_picture::layout::{Path, Point, Rect};
use withe_picture::scene::{Node, Scene};
use withe_picture::text::{Font, width};
use withe_picture::view::PAD;

/// What rounding may move.
const NEAR: f64 = 0.01;

/// All that holds of any drawing.
fn check(drawing: &Drawing) {
    check_boxes(drawing);
    check_texts(drawing);
    for (wire, path) in drawing.view.wires.iter().zip(&drawing.layout.paths) {
        let ends = (drawing.layout.boxes[wire.from], drawing.layout.boxes[wire.to]);
        match path {
            Path::Through(points) => check_wire(drawing, (wire.from, wire.to), points),
            Path::Cut { start, end } => {
                assert!(on_border(&ends.0, *start) && on_border(&ends.1, *end), "{ends:?} {path:?}");
            }
        }
    }
    for (card, inner) in &drawing.inner {
        let (place, top) = (drawing.layout.boxes[*card], drawing.view.cards[*card].inner_top.expect("it is open"));
        assert!(inner.layout.width <= place.width && top + inner.layout.height <= place.height, "{place:?}");
        check(inner);
    }
}

fn check_boxes(drawing: &Drawing) {
    let boxes = &drawing.layout.boxes;
    assert_eq!(boxes.len(), drawing.view.cards.len() + drawing.view.labels.len());
    for (at, one) in boxes.iter().enumerate() {
        assert!(one.width > 0.0 && one.height > 0.0, "{one:?}");
        assert!(one.x >= -NEAR && one.right() <= drawing.layout.width + NEAR, "{one:?} is not within the picture");
        assert!(one.y >= -NEAR && one.bottom() <= drawing.layout.height + NEAR, "{one:?} is not within the picture");
        for other in &boxes[at + 1..] {
            assert!(!one.overlaps(other), "{one:?} and {other:?} overlap");
        }
    }
}

/// Every line, badge and bar is within its box, and badges are apart.
fn check_texts(drawing: &Drawing) {
    for (card, place) in drawing.view.cards.iter().zip(&drawing.layout.boxes) {
        for line in &card.lines {
            let font = if line.is_head { Font::Head } else { Font::Body };
            assert!(PAD + width(&line.text, font) <= place.width - PAD + NEAR, "{:?} is too long", line.text);
            assert!(line.y + 3.0 <= place.height, "{:?} is too low", line.text);
        }
        let badges: Vec<Rect> = card
            .badges
            .iter()
            .chain(&card.key)
            .map(|badge| {
                assert!(width(&badge.text, Font::Small) <= badge.width, "{:?} is too long", badge.text);
                Rect { x: badge.x, y: badge.y, width: badge.width, height: 15.0 }
            })
            .collect();
        for (at, badge) in badges.iter().enumerate() {
            assert!(badge.right() <= place.width && badge.bottom() <= place.height, "{badge:?} {place:?}");
            assert!(badges[at + 1..].iter().all(|other| !badge.overlaps(other)));
            assert!(card.lines.iter().all(|line| line.y < badge.y), "{badge:?} is over a line");
        }
    }
    for (label, place) in drawing.view.labels.iter().zip(&drawing.layout.boxes[drawing.view.cards.len()..]) {
        assert!(label.lines.iter().all(|line| width(line, Font::Small) + 16.0 <= place.width + NEAR), "{label:?}");
    }
}

fn on_border(place: &Rect, point: Point) -> bool {
    let near = |a: f64, b: f64| (a - b).abs() < NEAR;
    let within = |low: f64, at: f64, high: f64| low - NEAR <= at && at <= high + NEAR;
    let on_side = near(point.x, place.x) || near(point.x, place.right());
    let on_end = near(point.y, place.y) || near(point.y, place.bottom());
    (on_side && within(place.y, point.y, place.bottom())) || (on_end && within(place.x, point.x, place.right()))
}

/// As if wires always went from left to right.
fn upright(drawing: &Drawing, place: &Rect) -> Rect {
    if !drawing.layout.is_turned {
        return *place;
    }
    Rect { x: place.y, y: place.x, width: place.height, height: place.width }
}

fn check_wire(drawing: &Drawing, (from, to): (usize, usize), points: &[Point]) {
    let points: Vec<Point> = points
        .iter()
        .map(|point| if drawing.layout.is_turned { Point { x: point.y, y: point.x } } else { *point })
        .collect();
    let boxes: Vec<Rect> = drawing.layout.boxes.iter().map(|place| upright(drawing, place)).collect();
    let (first, last) = (points[0], points[points.len() - 1]);
    assert!((first.x - boxes[from].right()).abs() < NEAR && on_border(&boxes[from], first), "{first:?} {from}");
    assert!((last.x - boxes[to].x).abs() < NEAR && on_border(&boxes[to], last), "{last:?} {to}");
    for (at, pair) in points.windows(2).enumerate() {
        let (a, b) = (pair[0], pair[1]);
        assert!(a.x <= b.x + NEAR, "the wire goes back: {points:?}");
        // A curve stays between the heights of its ends; a line has none of its own.
        assert!(at % 2 == 1 || (a.y - b.y).abs() < NEAR, "a bend within a column: {points:?}");
        let way = Rect { x: a.x, y: a.y.min(b.y), width: b.x - a.x, height: (a.y - b.y).abs().max(NEAR) };
        for (other, place) in boxes.iter().enumerate().filter(|(other, _)| *other != from && *other != to) {
            let inset = Rect {
                x: place.x + NEAR,
                y: place.y + NEAR,
                width: place.width - 2.0 * NEAR,
                height: place.height - 2.0 * NEAR,
            };
            assert!(!way.overlaps(&inset), "the wire from {from} to {to} runs through {other}");
        }
    }
}

fn check_all(scene: &Scene) {
    check(&drawing::opened(scene));
    check(&drawing::closed(scene, Of::Whole));
    for (at, part) in scene.parts.iter().enumerate() {
        if part.inner.is_some() {
            check(&drawing::closed(scene, Of::Inside(withe_picture::PartId(at))));
        }
    }
}

#[test]
fn fixed_scenes_are_drawn_well() {
    let scenes = [
        scenes::three(),
        scenes::diamond(),
        scenes::nested(),
        scenes::middleware(),
        scenes::compositions(),
        scenes::hostile(),
        scenes::app(12, 20),
        scenes::app(60, 150),
        scenes::tiers(6, 10),
        Scene::default(),
    ];
    scenes.iter().for_each(check_all);
}

/// Regressions show here: a better layout may lower a bound.
#[test]
fn wires_cross_rarely() {
    let crossings = |scene: &Scene| drawing::closed(scene, Of::Whole).layout.crossings;
    let found = [
        crossings(&scenes::three()),
        crossings(&scenes::diamond()),
        crossings(&scenes::nested()),
        crossings(&scenes::app(12, 20)),
        crossings(&scenes::app(60, 150)),
        crossings(&scenes::tiers(6, 10)),
    ];
    let bounds = [3, 0, 0, 0, 169, 333];
    assert!(found.iter().zip(bounds).all(|(found, bound)| *found <= bound), "{found:?} against {bounds:?}");
}

#[test]
fn many_users_of_the_host_have_badges_and_few_have_wires() {
    let many = drawing::closed(&scenes::app(60, 150), Of::Whole);
    assert_eq!(many.view.cards.iter().filter(|card| card.key.is_some()).count(), 5);
    assert_eq!(many.view.cards.iter().filter(|card| card.badges.len() == 5).count(), 60);
    let few = drawing::closed(&scenes::three(), Of::Whole);
    assert!(few.view.cards.iter().all(|card| card.key.is_none() && card.badges.is_empty()));
}

/// A scene of up to 40 nodes of all kinds, with what is inside some of them.
fn random_scene(random: &mut Random) -> Scene {
    const NAMES: [&str; 8] =
        ["a", "wasi:io/streams@0.2.6", "wasi:io/poll@0.2.0", "my:pkg/thing", "x y", "", "a:b/c@1.0.0-rc.1", "run"];
    let mut build = Builder::new("random");
    let parts: Vec<_> = (0..1 + random.below(6))
        .map(|at| build.part(NAMES[random.below(NAMES.len())], 10u64.pow(random.below(9) as u32) + at as u64))
        .collect();
    for part in &parts {
        if part.0 > 0 && random.below(3) == 0 {
            let mut inner = Builder { scene: std::mem::take(&mut build.scene), level: Default::default() };
            let before = &parts[..part.0];
            fill(random, &mut inner, before, 6, &NAMES);
            let level = std::mem::take(&mut inner.level);
            build.scene = inner.scene;
            build.scene.parts[part.0].inner = Some(level);
        }
    }
    let count = random.below(40);
    fill(random, &mut build, &parts, count, &NAMES);
    build.end()
}

fn fill(random: &mut Random, build: &mut Builder, parts: &[withe_picture::PartId], count: usize, names: &[&str]) {
    let mut givers = Vec::new();
    let density = 1 + random.below(4);
    for _ in 0..count {
        let name = *random.pick(names);
        let node = match random.below(10) {
            0 | 1 => build.import(name),
            2 => {
                let item = build.item(name, &[]);
                build.level.add(Node::Definition(item))
            }
            3 => build.level.add(Node::Bag { name: name.to_owned() }),
            4 => {
                if let Some(from) = givers.get(random.below(givers.len().max(1))).copied() {
                    build.export(from, name);
                }
                continue;
            }
            _ => build.instance(name, *random.pick(parts)),
        };
        if !matches!(build.level.nodes[node.0], Node::Import(_)) && !givers.is_empty() {
            for _ in 0..random.below(density * 2) {
                let from = *random.pick(&givers);
                let resources: &[&str] = if random.below(3) == 0 { &["r"] } else { &[] };
                let (provided, wanted) = (*random.pick(names), *random.pick(names));
                build.edge(from, node, provided, wanted, resources);
            }
        }
        givers.push(node);
    }
}

#[test]
fn fuzz_scenes() {
    seeds::check("fuzz_scenes", 150, |random| {
        let scene = random_scene(random);
        check_all(&scene);
        let svg = withe_picture::svg(&scene);
        roxmltree::Document::parse(&svg).expect("the picture is XML");
        assert_eq!(svg, withe_picture::svg(&scene.clone()));
        assert_eq!(withe_picture::read_json(&withe_picture::json(&scene)).as_ref(), Ok(&scene));
        for text in [withe_picture::dot(&scene), withe_picture::mermaid(&scene), withe_picture::html(&scene)] {
            assert!(!text.is_empty());
        }
    });
}

/// Edges that lead back, which a scene does not have, end in a drawing all the same.
#[test]
fn a_cycle_ends() {
    let mut build = Builder::new("cycle");
    let part = build.part("a", 1);
    let nodes: Vec<_> = (0..5).map(|at| build.instance(&at.to_string(), part)).collect();
    for at in 0..5 {
        build.edge(nodes[at], nodes[(at + 1) % 5], "x", "x", &[]);
    }
    let out = build.export(nodes[2], "x");
    build.edge(out, nodes[0], "x", "x", &[]);
    build.edge(nodes[3], nodes[3], "x", "x", &[]);
    check_all(&build.end());
}

/// Wires that would pass thousands of columns are cut, so that no drawing grows with the square of its scene.
#[test]
fn a_long_chain_ends() {
    let mut build = Builder::new("chain");
    let part = build.part("a", 1);
    let nodes: Vec<_> = (0..400).map(|at| build.instance(&at.to_string(), part)).collect();
    for at in 1..400 {
        build.edge(nodes[at - 1], nodes[at], "x", "x", &[]);
        build.edge(nodes[0], nodes[at], "y", "y", &[]);
        build.export(nodes[at], &at.to_string());
    }
    let drawing = drawing::closed(&build.end(), Of::Whole);
    assert!(drawing.layout.paths.iter().any(|path| matches!(path, Path::Cut { .. })));
    check(&drawing);
}

/// How long pictures take; the figures are printed, the bounds only catch what has become another order.
#[test]
#[expect(clippy::print_stdout, reason = "the figures are the result")]
fn large_scenes_are_drawn_in_time() {
    for (what, scene, bound) in [
        ("60 components, 150 edges", scenes::app(60, 150), 20),
        ("60 components in tiers", scenes::tiers(6, 10), 20),
        ("1000 components, 2000 edges", scenes::app(1000, 2000), 30),
        ("4000 components around one", scenes::star(4000), 30),
    ] {
        let start = Instant::now();
        let svg = withe_picture::svg(&scene);
        let took = start.elapsed();
        println!("{what}: SVG of {} KiB in {took:?}", svg.len() / 1024);
        assert!(took.as_secs() < bound, "{what}: {took:?}");
    }
}

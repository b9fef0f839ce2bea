//! What every part of the algebra draws.

use withe_printer::{
    Doc, Indent, Style, block, blocks, comma, doc, group, lines, nest, nothing, render, rows, softline,
};

fn draw(doc: impl Into<Doc>) -> String {
    render(&doc.into(), &Style { indent: Indent::Spaces(2), width: 20 })
}

#[test]
fn blocks_nest_and_empty_ones_stay_closed() {
    let inner = doc!["inner ", block(lines(["a", "b"]))];
    assert_eq!(draw(doc!["outer ", block(inner)]), "outer {\n  inner {\n    a\n    b\n  }\n}\n");
    assert_eq!(draw(doc!["outer ", block(nothing())]), "outer {}\n");
}

#[test]
fn empty_lines_carry_no_spaces() {
    assert_eq!(draw(block(blocks(["a", "b"]))), "{\n  a\n\n  b\n}\n");
}

#[test]
fn parts_that_are_nothing_leave_no_line() {
    assert_eq!(draw(lines([doc!["a"], nothing(), doc!["b"]])), "a\nb\n");
}

#[test]
fn a_list_breaks_when_it_does_not_fit() {
    assert_eq!(draw(Doc::list("(", ["a", "b"], ")")), "(a, b)\n");
    assert_eq!(
        draw(Doc::list("(", ["aaaaaaaa", "bbbbbbbb", "cccc"], ")")),
        "(\n  aaaaaaaa,\n  bbbbbbbb,\n  cccc,\n)\n"
    );
    assert_eq!(draw(Doc::list("(", Vec::<Doc>::new(), ")")), "()\n");
}

#[test]
fn a_group_inside_a_broken_one_may_still_fit() {
    let inner = Doc::list("[", ["x", "y"], "]");
    assert_eq!(draw(Doc::list("(", [inner, doc!["a long argument"]], ")")), "(\n  [x, y],\n  a long argument,\n)\n");
}

#[test]
fn the_width_counts_what_stands_before() {
    assert_eq!(
        draw(doc!["0123456789 ", group(doc!["0123456789", nest(softline()), "x"])]),
        "0123456789 0123456789\n  x\n"
    );
}

#[test]
fn rows_align_all_but_the_last_cell() {
    let table = rows([["a ", "int ", "// one"], ["long ", "string ", "// two"]]);
    assert_eq!(draw(block(table)), "{\n  a    int    // one\n  long string // two\n}\n");
}

#[test]
fn text_with_line_feeds_is_indented() {
    assert_eq!(draw(block("a\n\nb")), "{\n  a\n\n  b\n}\n");
}

#[test]
fn tabs_and_numbers() {
    let drawn = render(&block(doc!["x = ", 7u32, comma(Vec::<Doc>::new())]), &Style { indent: Indent::Tab, width: 80 });
    assert_eq!(drawn, "{\n\tx = 7\n}\n");
}

//! How many modules and components a binary may have: what is said to be too many is what wasmparser refuses.

fn component(modules: usize, nested: usize) -> Vec<u8> {
    let inside = format!("(component {})", "(core module)".repeat(nested));
    wat::parse_str(format!("(component {inside} {})", "(core module)".repeat(modules))).expect("it is well-formed")
}

#[test]
fn too_many_parts_are_as_many_as_the_validator_refuses() {
    let mut verdicts = Vec::new();
    for parts in 990..1010 {
        let bytes = component(parts - 400, 400);
        let is_refused = withe_wasm::validate(&bytes).is_err();
        assert_eq!(withe_wasm::has_too_many_parts(&bytes.as_slice().into()), is_refused, "{parts} modules");
        verdicts.push(is_refused);
    }
    assert!(verdicts.contains(&true) && verdicts.contains(&false));
}

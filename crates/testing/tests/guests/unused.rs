pub fn answer() -> u32 {
    let question = 6 * 9;
    42
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    println!("hello {arguments:?}");
    std::process::exit(3);
}

use std::io::{self, Read};

fn main() -> io::Result<()> {
    let mut text = String::new();
    io::stdin().read_to_string(&mut text)?;
    let numbers = text
        .split_ascii_whitespace()
        .map(|word| word.parse::<i64>());
    let sum: i64 = numbers.map(|number| number.unwrap()).sum();
    println!("{sum}");
    Ok(())
}

use std::env;

fn main() {
    let numbers = env::args().skip(1).map(|word| word.parse::<i32>());
    let sum = numbers.map(Result::unwrap).fold(0, sums::add);
    println!("{sum}");
}

// Looks one round too far: the index is checked, and the program panics.
use std::io::{stdin, Read};

fn main() {
    let mut input = String::new();
    stdin().read_to_string(&mut input).unwrap();
    let scores: Vec<i64> = input.split_whitespace().skip(1).map(|score| score.parse().unwrap()).collect();
    let mut sums = scores.clone();
    for i in 0..scores.len() {
        sums[i + 1] += sums[i].max(0);
    }
    println!("{}", sums.iter().max().unwrap());
}

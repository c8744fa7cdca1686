// Looks one round too far: the index is checked, and the program panics.
use std::io::{read_to_string, stdin};

fn main() {
    let input = read_to_string(stdin()).unwrap();
    let scores: Vec<i64> = input.split_whitespace().skip(1).map(|score| score.parse().unwrap()).collect();
    let mut best = scores[0];
    for i in 0..scores.len() {
        best = best.max(scores[i] + scores[i + 1]);
    }
    println!("{best}");
}

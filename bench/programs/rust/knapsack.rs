use std::collections::HashSet;
use std::io::{self, BufRead};

fn main() {
    const CAPACITY: usize = 300;
    let lines: Vec<String> = io::stdin().lock().lines().map(Result::unwrap).collect();
    let mut best = vec![0; CAPACITY + 1];
    for v in lines[1].split(' ').take(60).map(|word| word.parse::<usize>().unwrap()) {
        let (weight, value) = (1 + v % 50, 1 + (v + 271828) % 100);
        for room in (weight..=CAPACITY).rev() {
            best[room] = best[room].max(best[room - weight] + value);
        }
    }
    let distinct: HashSet<_> = best.iter().collect();
    println!("{} {} {}", "ennead-text", best[CAPACITY], distinct.len());
}

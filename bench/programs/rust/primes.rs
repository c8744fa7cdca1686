use std::io::{self, Read};

const SEED: usize = 271828;

fn sieve(limit: usize) -> Vec<bool> {
    let mut prime = vec![true; limit + 1];
    prime[0] = false;
    prime[1] = false;
    let mut i = 2;
    while i * i <= limit {
        if prime[i] {
            for j in (i * i..=limit).step_by(i) {
                prime[j] = false;
            }
        }
        i += 1;
    }
    prime
}

fn main() {
    let prime = sieve(20000 + SEED % 1000);
    let primes: Vec<usize> = (0..prime.len()).filter(|&i| prime[i]).collect();
    let mut input = String::new();
    io::stdin().read_to_string(&mut input).unwrap();
    let values = input.split_whitespace().skip(1).map(|word| word.parse::<usize>().unwrap());
    let hits = values.filter(|&value| prime[value]).count();
    println!("{} {} {} {}", "ennead-text", primes.len(), primes.iter().sum::<usize>() % 1000007, hits);
}

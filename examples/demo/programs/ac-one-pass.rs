use std::io::{stdin, Read};

fn main() {
    let mut input = String::new();
    stdin().read_to_string(&mut input).unwrap();
    let mut scores = input.split_whitespace().skip(1).map(|score| score.parse::<i64>().unwrap());
    let first = scores.next().unwrap();
    let (_, best) = scores.fold((first, first), |(ending_here, best), score| {
        let longer = ending_here.max(0) + score;
        (longer, best.max(longer))
    });
    println!("{best}");
}

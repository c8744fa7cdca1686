use std::collections::BTreeMap;
use std::io;

fn main() -> io::Result<()> {
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    line.clear();
    io::stdin().read_line(&mut line)?;
    let mut counts: BTreeMap<u64, u64> = (0..37).map(|key| (key, 0)).collect();
    for value in line.split_whitespace().map(|word| word.parse::<u64>().unwrap()) {
        *counts.entry((value + 271828) % 37).or_insert(0) += 1;
    }
    let mut ranked: Vec<(u64, u64)> = counts.into_iter().collect();
    ranked.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    let words: Vec<String> = ranked.iter().take(10).map(|(key, count)| format!("{}:{}", key, count)).collect();
    println!("ennead-text");
    println!("{}", words.join(" "));
    Ok(())
}

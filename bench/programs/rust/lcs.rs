use std::io::{self, BufRead};

fn compare<T: PartialEq>(a: &[T], b: &[T]) -> (usize, usize) {
    let mut longest = vec![vec![0usize; b.len() + 1]; a.len() + 1];
    let mut edits = longest.clone();
    for i in 0..=a.len() {
        edits[i][0] = i;
    }
    for j in 0..=b.len() {
        edits[0][j] = j;
    }
    for i in 1..=a.len() {
        for j in 1..=b.len() {
            let same = a[i - 1] == b[j - 1];
            longest[i][j] = if same { longest[i - 1][j - 1] + 1 } else { longest[i - 1][j].max(longest[i][j - 1]) };
            edits[i][j] = (edits[i - 1][j - 1] + usize::from(!same)).min(1 + edits[i - 1][j].min(edits[i][j - 1]));
        }
    }
    (longest[a.len()][b.len()], edits[a.len()][b.len()])
}

fn main() {
    let stdin = io::stdin();
    let line = stdin.lock().lines().nth(1).unwrap().unwrap();
    let values: Vec<usize> = line.split(' ').map(|word| word.parse().unwrap()).collect();
    let a: Vec<usize> = values.iter().map(|v| (v + 271828) % 7).collect();
    let b: Vec<usize> = values.iter().enumerate().map(|(i, v)| (v / 7 + i) % 7).collect();
    let (longest, edits) = compare(&a, &b);
    println!("{} {} {}", "ennead-text", longest, edits);
}

use std::io::{self, Read, Write};

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Edge {
    weight: usize,
    number: usize,
    a: usize,
    b: usize,
}

struct Forest {
    parents: Vec<usize>,
    components: usize,
}

impl Forest {
    fn new(size: usize) -> Self {
        Forest { parents: (0..size).collect(), components: size }
    }

    fn find(&mut self, x: usize) -> usize {
        if self.parents[x] != x {
            self.parents[x] = self.find(self.parents[x]);
        }
        self.parents[x]
    }

    fn unite(&mut self, a: usize, b: usize) -> bool {
        let (a, b) = (self.find(a), self.find(b));
        if a == b {
            return false;
        }
        self.parents[a] = b;
        self.components -= 1;
        true
    }
}

fn main() -> io::Result<()> {
    let mut input = String::new();
    io::stdin().read_to_string(&mut input)?;
    let mut edges: Vec<Edge> = input
        .split_whitespace()
        .skip(1)
        .map(|word| word.parse::<usize>().unwrap())
        .enumerate()
        .map(|(number, v)| Edge { weight: 1 + (v + 271828) % 97, number, a: v % 60, b: v / 60 % 60 })
        .collect();
    edges.sort();
    let mut forest = Forest::new(60);
    let mut total = 0;
    for edge in &edges {
        if forest.unite(edge.a, edge.b) {
            total += edge.weight;
        }
    }
    writeln!(io::stdout(), "{} {} {}", "ennead-text", total, forest.components)
}

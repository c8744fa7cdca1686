use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io::{stdin, Read};

const NODES: usize = 60;

struct Edge {
    to: usize,
    weight: u32,
}

fn shortest(graph: &[Vec<Edge>], start: usize) -> Vec<u32> {
    let mut distance = vec![u32::MAX; graph.len()];
    let mut heap = BinaryHeap::new();
    distance[start] = 0;
    heap.push(Reverse((0, start)));
    while let Some(Reverse((far, node))) = heap.pop() {
        if far > distance[node] {
            continue;
        }
        for edge in &graph[node] {
            let reached = far + edge.weight;
            if reached < distance[edge.to] {
                distance[edge.to] = reached;
                heap.push(Reverse((reached, edge.to)));
            }
        }
    }
    distance
}

fn main() {
    let mut input = String::new();
    stdin().read_to_string(&mut input).expect("input");
    let mut graph: Vec<Vec<Edge>> = (0..NODES).map(|i| vec![Edge { to: (i + 1) % NODES, weight: 50 }]).collect();
    for word in input.split_ascii_whitespace().skip(1) {
        let v: usize = word.parse().expect("a number");
        graph[v % NODES].push(Edge { to: v / NODES % NODES, weight: 1 + ((v + 271828) % 97) as u32 });
    }
    let distance = shortest(&graph, 0);
    println!("{} {} {}", "ennead-text", distance.iter().sum::<u32>(), distance.iter().max().unwrap());
}

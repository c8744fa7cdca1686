use std::thread;

fn main() {
    let threads: Vec<_> = (1..=10).map(|i| thread::spawn(move || i * i)).collect();
    let squares = threads.into_iter().map(|thread| thread.join().unwrap());
    println!("{}", squares.sum::<i32>());
}

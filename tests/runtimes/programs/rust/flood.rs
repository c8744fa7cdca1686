fn main() {
    loop {
        println!("and another line");
    }
}

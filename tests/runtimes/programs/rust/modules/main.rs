mod greetings;

fn main() {
    println!("{}", greetings::words::greeting());
}

use std::io;

fn main() -> io::Result<()> {
    for line in io::stdin().lines() {
        println!("{}", line?);
    }
    println!("größe 漢字 🦀 ж");
    Ok(())
}

use std::{fs, io};

fn main() -> io::Result<()> {
    fs::write("scratch.txt", "written and read\n")?;
    print!("{}", fs::read_to_string("scratch.txt")?);
    Ok(())
}

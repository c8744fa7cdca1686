use std::io::Read;
use std::iter::Peekable;
use std::str::Chars;

const MODULUS: i64 = 1000003;

struct Parser<'a> {
    characters: Peekable<Chars<'a>>,
}

impl<'a> Parser<'a> {
    fn expression(&mut self) -> i64 {
        let mut value = self.term();
        while let Some(&sign) = self.characters.peek() {
            let direction = match sign {
                '+' => 1,
                '-' => -1,
                _ => break,
            };
            self.characters.next();
            value = (value + direction * self.term()).rem_euclid(MODULUS);
        }
        value
    }

    fn term(&mut self) -> i64 {
        let mut value = self.factor();
        while self.characters.peek() == Some(&'*') {
            self.characters.next();
            value = value * self.factor() % MODULUS;
        }
        value
    }

    fn factor(&mut self) -> i64 {
        match self.characters.next() {
            Some('(') => {
                let value = self.expression();
                self.characters.next();
                value
            }
            Some(digit) => i64::from(digit.to_digit(10).unwrap()),
            None => unreachable!("an expression ends with a factor"),
        }
    }
}

fn main() {
    let mut input = String::new();
    std::io::stdin().read_to_string(&mut input).unwrap();
    let values: Vec<usize> = input.split_whitespace().skip(1).map(|word| word.parse().unwrap()).collect();
    let mut text = String::new();
    for (i, v) in values.iter().enumerate() {
        if i > 0 {
            text.push(['+', '-', '*'][(v + 271828) % 3]);
        }
        if i % 5 == 0 {
            text.push('(');
        }
        text += &(v % 10).to_string();
        if i % 5 == 4 || i == values.len() - 1 {
            text.push(')');
        }
    }
    let value = Parser { characters: text.chars().peekable() }.expression();
    println!("{} {} {}", "ennead-text", text.len(), value);
}

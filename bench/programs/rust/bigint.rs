use std::fmt::{self, Display, Formatter};

struct Natural {
    limbs: Vec<u32>,
}

impl Natural {
    const BASE: u32 = 10000;

    fn one() -> Natural {
        Natural { limbs: vec![1] }
    }

    fn multiply(&mut self, factor: u32) {
        let mut carry = 0;
        for limb in self.limbs.iter_mut() {
            carry += *limb * factor;
            *limb = carry % Self::BASE;
            carry /= Self::BASE;
        }
        if carry > 0 {
            self.limbs.push(carry);
        }
    }
}

impl Display for Natural {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.limbs.last().unwrap())?;
        for limb in self.limbs.iter().rev().skip(1) {
            write!(out, "{:04}", limb)?;
        }
        Ok(())
    }
}

fn main() {
    let mut factorial = Natural::one();
    for factor in 2..=30 + 271828 % 20 {
        factorial.multiply(factor);
    }
    let text = factorial.to_string();
    let digits: Vec<u32> = text.chars().filter_map(|digit| digit.to_digit(10)).collect();
    let (mut run, mut longest) = (1, 1);
    for pair in digits.windows(2) {
        run = if pair[0] == pair[1] { run + 1 } else { 1 };
        longest = longest.max(run);
    }
    println!("{} {}", "ennead-text", text);
    println!("{} {}", digits.iter().sum::<u32>(), longest);
}

use std::fmt;
use std::io::Read;
use std::ops::Mul;

const MODULUS: u64 = 10007;

#[derive(Clone, Copy, Debug)]
struct Matrix([[u64; 3]; 3]);

impl Mul for Matrix {
    type Output = Matrix;

    fn mul(self, other: Matrix) -> Matrix {
        let mut product = [[0; 3]; 3];
        for (i, row) in product.iter_mut().enumerate() {
            for (j, cell) in row.iter_mut().enumerate() {
                *cell = (0..3).map(|k| self.0[i][k] * other.0[k][j]).sum::<u64>() % MODULUS;
            }
        }
        Matrix(product)
    }
}

impl fmt::Display for Matrix {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        for row in &self.0 {
            writeln!(out, "{} {} {}", row[0], row[1], row[2])?;
        }
        Ok(())
    }
}

fn main() {
    let mut input = String::new();
    std::io::stdin().read_to_string(&mut input).unwrap();
    let values: Vec<u64> = input.split_whitespace().skip(1).take(9).map(|word| word.parse::<u64>().unwrap() % 1000).collect();
    let mut base = Matrix([[0; 3]; 3]);
    for (i, value) in values.iter().enumerate() {
        base.0[i / 3][i % 3] = *value;
    }
    let mut result = Matrix([[1, 0, 0], [0, 1, 0], [0, 0, 1]]);
    let mut power = 271828;
    while power > 0 {
        if power & 1 == 1 {
            result = result * base;
        }
        base = base * base;
        power >>= 1;
    }
    println!("ennead-text");
    print!("{}", result);
}

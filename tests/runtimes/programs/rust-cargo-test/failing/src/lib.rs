pub fn add(a: i32, b: i32) -> i32 {
    a + b
}

pub fn subtract(a: i32, b: i32) -> i32 {
    b - a
}

#[cfg(test)]
mod tests {
    use super::{add, subtract};

    #[test]
    fn adds() {
        assert_eq!(add(2, 3), 5);
    }

    #[test]
    fn subtracts() {
        assert_eq!(subtract(2, 3), -1);
    }
}

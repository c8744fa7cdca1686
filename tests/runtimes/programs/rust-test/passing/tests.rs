use crate::sums::{add, subtract};

#[test]
fn adds() {
    assert_eq!(add(2, 3), 5);
}

#[test]
fn subtracts() {
    assert_eq!(subtract(2, 3), -1);
}

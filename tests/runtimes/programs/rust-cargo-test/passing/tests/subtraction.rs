#[test]
fn subtracts() {
    assert_eq!(sums::subtract(2, 3), -1);
}

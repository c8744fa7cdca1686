#[test]
fn adds() {
    assert_eq!(2 + 3, 5);
}

#[test]
fn ends_the_process() {
    std::process::exit(0);
}

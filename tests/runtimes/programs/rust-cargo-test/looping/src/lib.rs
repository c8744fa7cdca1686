#[test]
fn loops() {
    loop {
        std::hint::spin_loop();
    }
}

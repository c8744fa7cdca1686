pub fn greeting() -> &'static str {
    "from a module"
}

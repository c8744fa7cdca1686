mod sums;
#[cfg(test)]
mod tests;

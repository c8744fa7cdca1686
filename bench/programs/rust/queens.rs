const SIZE: usize = 6 + 271828 % 2;

fn safe(columns: &[usize], column: usize) -> bool {
    columns.iter().enumerate().all(|(row, &other)| {
        let apart = if other > column { other - column } else { column - other };
        apart != 0 && apart != columns.len() - row
    })
}

fn place(columns: &mut Vec<usize>, found: &mut dyn FnMut(&[usize])) {
    if columns.len() == SIZE {
        found(columns);
        return;
    }
    for column in 0..SIZE {
        if safe(columns, column) {
            columns.push(column);
            place(columns, found);
            columns.pop();
        }
    }
}

fn main() {
    let mut solutions: Vec<String> = Vec::new();
    place(&mut Vec::new(), &mut |columns| {
        let words: Vec<String> = columns.iter().map(|column| column.to_string()).collect();
        solutions.push(words.join(","));
    });
    println!("{} {} {}", "ennead-text", solutions.len(), solutions[0]);
}
